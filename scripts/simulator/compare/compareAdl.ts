import { compile } from "../compile.ts";
import { readDay } from "./day.ts";
import { comparePolicies, type PolicyComparison } from "./policies.ts";
import type { DayResult } from "./replayDay.ts";

/** What a run found. `skipped` says why there is no day. */
export type Comparison = { policies: PolicyComparison } & (
  | { day: DayResult; skipped: null }
  | { day: null; skipped: string }
);

/** Policies on the book of `seed`, then the day in `folder` through the contracts. No folder, no day. */
export async function compareAdl(
  seed: number,
  folder: string,
  onProgress?: (share: number, doing: string) => void,
): Promise<Comparison> {
  const waves = await readDay(folder);
  const policies = comparePolicies(seed);
  if (waves === undefined) {
    return { policies, day: null, skipped: "the real day: ../shared/data/adl-2025-10-10 is not here" };
  }
  onProgress?.(0, "compiling");
  await compile();
  // Only now are the types and artifacts there that it needs.
  const { replayDay } = await import("./replayDay.ts");
  return { policies, day: await replayDay(waves, (share) => onProgress?.(share, "waves")), skipped: null };
}
