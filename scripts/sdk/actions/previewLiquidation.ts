import type { Breakwater } from "../contracts.ts";
import { decodeError } from "../errors.ts";
import { WAD } from "../units.ts";
import { type ReadAccountReturnType, readAccount } from "./readAccount.ts";

export type PreviewLiquidationParameters = {
  account: bigint;
  /** Who would call; anybody may. */
  keeper?: string;
};

/** USD WAD; fraction WAD. */
export type PreviewLiquidationReturnType = {
  /** The contract was asked: it would go through now. */
  isLiquidatable: boolean;
  /** The contract's reason if not. */
  reason: string | undefined;
  state: ReadAccountReturnType;
  /** Equity as the margin's measure, and what it has to cover. */
  equity: bigint;
  maintenance: bigint;
  /** Estimates from here on: part of every position that is closed, */
  closeFraction: bigint;
  closedNotional: bigint;
  /** taken from the account, */
  penalty: bigint;
  /** the keeper's part of it with the bonds of what is closed wholly, */
  keeperEarns: bigint;
  /** and what nobody in the account can pay. */
  deficit: bigint;
};

const BPS = 10_000n;

/**
 * What `liquidate` would do now. Whether it goes through is the contract's word; the amounts are an estimate without price
 * impact, by the formula of `LiquidationPlanLib`.
 *
 * @example
 * const { isLiquidatable, keeperEarns } = await previewLiquidation(breakwater, { account });
 */
export async function previewLiquidation(
  breakwater: Breakwater,
  { account, keeper }: PreviewLiquidationParameters,
): Promise<PreviewLiquidationReturnType> {
  const { clearinghouse } = breakwater;
  const [state, risk, reason] = await Promise.all([
    readAccount(breakwater, { account }),
    clearinghouse.riskParams(),
    clearinghouse.liquidate.staticCall(account, keeper === undefined ? {} : { from: keeper }).then(
      () => undefined,
      (error) => (decodeError(error) as Error).message,
    ),
  ]);
  const isLiquidatable = reason === undefined;
  const live = state.positions.filter(({ price }) => price !== undefined);
  const equity = state.health?.equity ?? 0n;
  const maintenance = live.reduce((sum, position) => sum + position.maintenance, 0n);
  const notional = live.reduce((sum, position) => sum + position.notional, 0n);
  const closeFraction = isLiquidatable ? fraction(equity, maintenance, notional, risk) : 0n;
  const closedNotional = (notional * closeFraction) / WAD;
  const whole = (closedNotional * risk.penaltyBps) / BPS;
  // A penalty is never more than what is left.
  const penalty = equity <= 0n ? 0n : whole < equity ? whole : equity;
  const bonds = closeFraction === WAD ? await bondsOf(breakwater, account, live) : 0n;
  return {
    isLiquidatable,
    reason,
    state,
    equity,
    maintenance,
    closeFraction,
    closedNotional,
    penalty,
    keeperEarns: (penalty * risk.keeperShareBps) / BPS + bonds,
    deficit: isLiquidatable && equity < 0n ? -equity : 0n,
  };
}

type Risk = { penaltyBps: bigint; targetHealthBps: bigint };

/** `q = (t * MM - e) / (t * MM - l * N)`, everything once there is no equity left. */
function fraction(equity: bigint, maintenance: bigint, notional: bigint, risk: Risk): bigint {
  if (equity <= 0n) return WAD;
  const target = (maintenance * risk.targetHealthBps) / BPS;
  const relief = target - (notional * risk.penaltyBps) / BPS;
  if (relief <= 0n || target <= equity) return WAD;
  const part = ((target - equity) * WAD) / relief;
  return part < WAD ? part : WAD;
}

async function bondsOf({ clearinghouse }: Breakwater, account: bigint, live: { market: number }[]): Promise<bigint> {
  const stored = await Promise.all(live.map(({ market }) => clearinghouse.position(account, market)));
  return stored.reduce((sum, { bondCents }) => sum + (bondCents * WAD) / 100n, 0n);
}
