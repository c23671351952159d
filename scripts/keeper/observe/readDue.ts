import { latestUpdates } from "../../sdk/actions/latestUpdates.ts";
import type { Breakwater } from "../../sdk/contracts.ts";
import type { PythPrices } from "../../sdk/pythPrices.ts";
import { isPassing } from "../chain/errors.ts";
import type { Due } from "../plan/types.ts";
import type { MarketSeen } from "./readMarkets.ts";

/** Part of a Pyth price's maximum age after which a new one is brought: it takes a block or two to arrive. */
const RENEW_AFTER = 0.7;
/** Age in seconds beyond which a Pyth price is no longer good for liquidating, as `PythSource`. */
const LIQUIDATION_AGE = 5;

export type ReadDueParameters = {
  markets: MarketSeen[];
  pyth: PythPrices | undefined;
  /** Markets of accounts below maintenance: liquidating wants a younger price than valuing. */
  starved: Set<number>;
  /** Whether an order waits that could be executed: openings want fresh marks of all markets. */
  hasOrders: boolean;
  now: number;
  /** What is asked: time passes in the pending block also on a chain that mines only when asked to. */
  blockTag: "pending" | "latest";
};

type At = Pick<ReadDueParameters, "blockTag">;

/**
 * What is due besides accounts and orders. Where a contract alone knows, it is asked by a call that changes nothing: what
 * would go through is due.
 */
export async function readDue(system: Breakwater, parameters: ReadDueParameters): Promise<Due[]> {
  const { markets, blockTag } = parameters;
  const at = { blockTag };
  const { pool, insurance } = system;
  const found = await Promise.all([
    would("recordLpEpoch", () => pool.recordEpoch.staticCall(at)),
    would("settleLpEpoch", () => pool.settleEpoch.staticCall(at)),
    would("recordInsuranceEpoch", () => insurance.recordEpoch.staticCall(at)),
    would("settleInsuranceEpoch", () => insurance.settleEpoch.staticCall(at)),
    debts(system, at),
    ...markets.map((market) => ofMarket(system, market, at)),
    staleMarks(system, parameters),
    stalePrices(system, parameters),
  ]);
  return found.flat();
}

async function would(kind: Due["kind"], call: () => Promise<unknown>, market?: number): Promise<Due[]> {
  try {
    await call();
    return [{ kind, rewardUsd: 0n, ...(market !== undefined && { market }) }];
  } catch (error) {
    if (isPassing(error)) throw error;
    return [];
  }
}

/** Every operation pays debts by itself: only cash that came from elsewhere, or the end of all positions, needs a call. */
async function debts({ pool }: Breakwater, at: At): Promise<Due[]> {
  const [cash, , unpaidDebts, openNotionalUsd] = await pool.snapshot(at);
  if (unpaidDebts === 0n || (cash === 0n && openNotionalUsd !== 0n)) return [];
  return [{ kind: "payDebts", rewardUsd: 0n }];
}

async function ofMarket(system: Breakwater, market: MarketSeen, at: At): Promise<Due[]> {
  const { clearinghouse, pyth } = system;
  const { id } = market;
  if (market.isSettled || market.openCost === 0n) return [];
  if (market.price === undefined) {
    const dead = await would("settleDeadMarket", () => clearinghouse.settleDeadMarket.staticCall(id, at), id);
    if (market.source !== "pyth" || pyth === undefined) return dead;
    return [...dead, ...(await would("reportSilence", () => pyth.reportSilence.staticCall(id, at), id))];
  }
  const due = await would("deleverage", () => clearinghouse.deleverage.staticCall(id, at), id);
  if (due.length === 0) return [];
  const { reward } = await clearinghouse.previewDeleverage(id, at);
  return due.map((one) => ({ ...one, rewardUsd: reward }));
}

async function staleMarks(
  { clearinghouse }: Breakwater,
  { markets, hasOrders, now }: ReadDueParameters,
): Promise<Due[]> {
  if (!hasOrders) return [];
  const maxAge = Number((await clearinghouse.riskParams()).maxMarkAge);
  return markets
    .filter(({ isSettled, openCost, price }) => !isSettled && openCost !== 0n && price !== undefined)
    .filter(({ touchedAt }) => now - touchedAt > maxAge)
    .map(({ id }) => ({ kind: "mark", market: id, rewardUsd: 0n }));
}

/** A pull feed is as young as somebody made it. */
async function stalePrices(system: Breakwater, { markets, pyth, starved, now }: ReadDueParameters): Promise<Due[]> {
  const pulled = markets.filter(
    ({ source, isSettled, openCost }) => source === "pyth" && !isSettled && openCost !== 0n,
  );
  const needed = await Promise.all(
    pulled.map(async ({ id, price }) => {
      if (price === undefined) return true;
      const age = now - price.publishedAt;
      if (starved.has(id)) return age > LIQUIDATION_AGE;
      return age > RENEW_AFTER * Number((await system.pyth!.feedOf(id)).maxAge);
    }),
  );
  const ids = pulled.filter((_, i) => needed[i]).map(({ id }) => id);
  const latest = await latestUpdates(system, { markets: ids, pyth });
  if (latest === undefined) return [];
  return [{ kind: "pushPrices", rewardUsd: 0n, updates: latest.updates, value: latest.fee }];
}
