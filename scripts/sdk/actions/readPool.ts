import type { Breakwater } from "../contracts.ts";
import { readShares, type SharesState } from "./readShares.ts";

/** USD WAD unless said otherwise. */
export type ReadPoolReturnType = {
  /** E = cash - unpaid - marks. */
  equity: bigint;
  cash: bigint;
  unpaid: bigint;
  markTotal: bigint;
  /** What caps rest on. */
  backing: bigint;
  floor: bigint;
  /** Of senior. */
  principal: bigint;
  exitValue: bigint;
  freeCapital: bigint;
  openNotional: bigint;
  isOpenable: boolean;
  residual: bigint;
  senior: SharesState;
  junior: SharesState;
};

/**
 * The liquidity pool at the last marks.
 *
 * @example
 * const { equity, senior, junior } = await readPool(breakwater);
 */
export async function readPool(breakwater: Breakwater): Promise<ReadPoolReturnType> {
  const { pool, waterfall } = breakwater;
  const [equity, [cash], unpaid, markTotal, backing, floor, principal] = await Promise.all([
    pool.equity(),
    pool.snapshot(),
    pool.unpaid(),
    pool.markTotal(),
    pool.backing(),
    pool.floor(),
    pool.principal(),
  ]);
  const [exitValue, freeCapital, openNotional, isOpenable, residual, navs] = await Promise.all([
    pool.exitValue(),
    pool.freeCapital(),
    pool.openNotional(),
    pool.isOpenable(),
    waterfall.residual(),
    pool.navs(),
  ]);
  const [senior, junior] = await Promise.all([
    readShares(breakwater, { vault: "senior", nav: navs.senior }),
    readShares(breakwater, { vault: "junior", nav: navs.junior }),
  ]);
  const now = { equity, cash, unpaid, markTotal, backing, floor, principal, exitValue, freeCapital };
  return { ...now, openNotional, isOpenable, residual, senior, junior };
}
