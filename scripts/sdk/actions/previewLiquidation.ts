import type { Breakwater } from "../contracts.ts";
import { decodeError } from "../errors.ts";
import { simulateLogs } from "../simulateLogs.ts";
import { WAD } from "../units.ts";
import { type ReadAccountReturnType, readAccount } from "./readAccount.ts";

export type PreviewLiquidationParameters = {
  account: bigint;
  /** Who would call; anybody may. */
  keeper?: string;
};

/** Who carries a deficit, USD WAD; the six parts are the whole of it. */
export type DeficitLayers = Record<"forgone" | "insurance" | "junior" | "senior" | "adl" | "residual", bigint>;

/** One position that would be closed, or a part of it. Base units and USD, WAD. */
export type ClosedPosition = {
  market: number;
  /** Signed: minus sells. */
  sizeDelta: bigint;
  sizeAfter: bigint;
  /** Of the oracle; what closing moves the price by is in the account's equity and deficit. */
  price: bigint;
};

/** USD WAD; fraction WAD. */
export type PreviewLiquidationReturnType = {
  /** The contract was asked: it would go through now. */
  isLiquidatable: boolean;
  /** The contract's reason if not. */
  reason: string | undefined;
  /**
   * What follows is what the contracts would emit in the next block. False: this node simulates no calls, and it is an
   * estimate without price impact and without who pays.
   */
  isExact: boolean;
  state: ReadAccountReturnType;
  /** Equity as the margin's measure, and what it has to cover. */
  equity: bigint;
  maintenance: bigint;
  /** Part of the notional that is closed. */
  closeFraction: bigint;
  closedNotional: bigint;
  /** Empty in an estimate. */
  closed: ClosedPosition[];
  /** Taken from the account, and divided among keeper, insurance and pool, */
  penalty: bigint;
  toInsurance: bigint;
  toPool: bigint;
  /** the keeper's part with the bonds of what is closed wholly, */
  keeperEarns: bigint;
  bonds: bigint;
  /** and what nobody in the account can pay. */
  deficit: bigint;
  /** Undefined: no deficit, or an estimate. */
  layers: DeficitLayers | undefined;
};

const BPS = 10_000n;
/** Whom the call is simulated as unless told otherwise: the answer is the same but for who earns. */
export const ANYBODY = "0x000000000000000000000000000000000000dEaD";

/**
 * What `liquidate` would do now, price impact and funding included: the call is simulated and its events are read. Where a
 * node cannot do that, an estimate without price impact by the formula of `LiquidationPlanLib`.
 *
 * @example
 * const { isLiquidatable, keeperEarns, deficit, layers } = await previewLiquidation(breakwater, { account });
 */
export async function previewLiquidation(
  breakwater: Breakwater,
  { account, keeper }: PreviewLiquidationParameters,
): Promise<PreviewLiquidationReturnType> {
  const { clearinghouse } = breakwater;
  const from = keeper ?? ANYBODY;
  const [state, risk, reason] = await Promise.all([
    readAccount(breakwater, { account }),
    clearinghouse.riskParams(),
    clearinghouse.liquidate.staticCall(account, { from }).then(
      () => undefined,
      (error) => (decodeError(error) as Error).message,
    ),
  ]);
  const live = state.positions.filter(({ price }) => price !== undefined);
  const notional = live.reduce((sum, position) => sum + position.notional, 0n);
  const before = { reason, state, isLiquidatable: reason === undefined };
  const seen = reason === undefined ? await simulated(breakwater, account, from) : undefined;
  if (seen !== undefined) {
    const closeFraction = notional === 0n ? WAD : min(WAD, (seen.closedNotional * WAD) / notional);
    return { ...before, isExact: true, ...seen, closeFraction, ...shares(seen, risk) };
  }
  const estimate = estimated(state, live, notional, before.isLiquidatable, risk);
  const bonds = estimate.closeFraction === WAD ? await bondsOf(breakwater, account, live) : 0n;
  // Nothing would happen: that much is exact.
  return { ...before, isExact: !before.isLiquidatable, ...estimate, bonds, ...shares({ ...estimate, bonds }, risk) };
}

async function simulated(breakwater: Breakwater, account: bigint, from: string) {
  const { clearinghouse, waterfall, book } = breakwater;
  const { data, to } = await clearinghouse.liquidate.populateTransaction(account);
  const logs = await simulateLogs(clearinghouse.runner?.provider, { from, to, data });
  const closed: ClosedPosition[] = [];
  let layers: DeficitLayers | undefined;
  let found: Record<"equity" | "maintenance" | "closedNotional" | "penalty" | "bonds" | "deficit", bigint> | undefined;
  for (const log of logs ?? []) {
    const isOurs = (address: string) => log.address.toLowerCase() === address.toLowerCase();
    if (isOurs(book.addresses.clearinghouse)) {
      const event = clearinghouse.interface.parseLog(log);
      if (event?.name === "PositionLiquidated") {
        const { market, closedSize, sizeAfter, price } = event.args;
        closed.push({ market: Number(market), sizeDelta: closedSize, sizeAfter, price });
      } else if (event?.name === "AccountLiquidated") {
        const { equityBefore: equity, maintenance, closedNotional, penalty, bonds, deficit } = event.args;
        found = { equity, maintenance, closedNotional, penalty, bonds, deficit };
      }
    } else if (isOurs(book.addresses.waterfall)) {
      const event = waterfall.interface.parseLog(log);
      if (event?.name !== "DeficitAbsorbed") continue;
      const { forgone, insurance, junior, senior, adl, residual } = event.args;
      layers = { forgone, insurance, junior, senior, adl, residual };
    }
  }
  return found && { ...found, closed, layers };
}

type Risk = Record<"penaltyBps" | "targetHealthBps" | "keeperShareBps" | "insuranceShareBps", bigint>;

/** As `DeficitLib` divides a penalty: parts down, the pool takes the remainder. */
function shares({ penalty, bonds }: { penalty: bigint; bonds: bigint }, risk: Risk) {
  const toKeeper = (penalty * risk.keeperShareBps) / BPS;
  const toInsurance = (penalty * risk.insuranceShareBps) / BPS;
  return { keeperEarns: toKeeper + bonds, toInsurance, toPool: penalty - toKeeper - toInsurance };
}

function estimated(
  { health }: ReadAccountReturnType,
  live: { maintenance: bigint }[],
  notional: bigint,
  isLiquidatable: boolean,
  risk: Risk,
) {
  const equity = health?.equity ?? 0n;
  const maintenance = live.reduce((sum, position) => sum + position.maintenance, 0n);
  const closeFraction = isLiquidatable ? fraction(equity, maintenance, notional, risk) : 0n;
  const closedNotional = (notional * closeFraction) / WAD;
  // A penalty is never more than what is left.
  const penalty = equity <= 0n ? 0n : min((closedNotional * risk.penaltyBps) / BPS, equity);
  const deficit = isLiquidatable && equity < 0n ? -equity : 0n;
  return { equity, maintenance, closeFraction, closedNotional, closed: [], penalty, deficit, layers: undefined };
}

/** `q = (t * MM - e) / (t * MM - l * N)`, everything once there is no equity left. */
function fraction(equity: bigint, maintenance: bigint, notional: bigint, risk: Risk): bigint {
  if (equity <= 0n) return WAD;
  const target = (maintenance * risk.targetHealthBps) / BPS;
  const relief = target - (notional * risk.penaltyBps) / BPS;
  if (relief <= 0n || target <= equity) return WAD;
  return min(WAD, ((target - equity) * WAD) / relief);
}

async function bondsOf({ clearinghouse }: Breakwater, account: bigint, live: { market: number }[]): Promise<bigint> {
  const stored = await Promise.all(live.map(({ market }) => clearinghouse.position(account, market)));
  return stored.reduce((sum, { bondCents }) => sum + (bondCents * WAD) / 100n, 0n);
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
