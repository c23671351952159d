import type { OnProgress } from "../output.ts";
import type { ReplayOptions } from "../replay/result.ts";
import { type Cell, cellOf, type Knobs } from "./cell.ts";
import { replayModel } from "./replayModel.ts";

/** Values of each knob; every combination is a run. */
export type Axes = { [Name in keyof Knobs]: number[] };

export type Grid = {
  options: Omit<ReplayOptions, keyof Knobs>;
  axes: Axes;
  /** Insurance by insurance, in it leverage by leverage, in it interest by interest. */
  cells: Cell[];
  problems: string[];
  seconds: number;
};

/** Replays one crash in the model under every combination. The traders of a seed are the same in all of them. */
export async function runGrid(options: Grid["options"], axes: Axes, onProgress?: OnProgress): Promise<Grid> {
  const started = performance.now();
  const runs = axes.insurance.flatMap((insurance) =>
    axes.maxLeverage.flatMap((maxLeverage) =>
      axes.oiToCapital.map((oiToCapital) => ({ maxLeverage, oiToCapital, insurance })),
    ),
  );
  const cells: Cell[] = [];
  const problems: string[] = [];
  for (const knobs of runs) {
    const where = `${knobs.maxLeverage}x, interest ${knobs.oiToCapital}, insurance ${knobs.insurance}`;
    onProgress?.(cells.length / runs.length, `${cells.length + 1} of ${runs.length}: ${where}`);
    // A model does not wait for anything: let the bar be drawn.
    await new Promise((resolve) => setImmediate(resolve));
    const run = await replayModel({ ...options, ...knobs });
    cells.push(cellOf(run));
    problems.push(...run.problems.map((problem) => `${where}: ${problem}`));
  }
  return { options, axes, cells, problems, seconds: (performance.now() - started) / 1_000 };
}
