import { LAYERS } from "../replay/result.ts";
import { exact } from "../report/money.ts";
import type { Grid } from "./runGrid.ts";

/** The document `--json` prints. These keys are stable; amounts are decimal strings in quote units. */
export function jsonReport({ options, axes, cells, seconds }: Grid): Record<string, unknown> {
  return {
    scenario: options.series.name,
    path: options.series.path,
    seed: options.seed,
    traders: options.traders,
    longShare: options.longShare,
    speed: options.speed,
    axes,
    cells: cells.map(({ closedNotional, carried, worstHaircut, lpBefore, lpAfter, ...cell }) => ({
      ...cell,
      closedNotional: exact(closedNotional),
      carried: Object.fromEntries((["deficit", ...LAYERS] as const).map((key) => [key, exact(carried[key])])),
      worstHaircut: exact(worstHaircut),
      lpBefore: exact(lpBefore),
      lpAfter: exact(lpAfter),
    })),
    seconds: Number(seconds.toFixed(3)),
  };
}
