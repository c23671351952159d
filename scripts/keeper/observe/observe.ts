import { type AccountHealth, readHealths } from "../../sdk/actions/readHealths.ts";
import type { Breakwater } from "../../sdk/contracts.ts";
import { parsePositive } from "../../sdk/units.ts";
import { marketsOf } from "../chain/foldLogs.ts";
import type { Head, Rpc } from "../chain/rpc.ts";
import type { Keeper } from "../keeper.ts";
import type { Observation } from "../plan/types.ts";
import { readDue } from "./readDue.ts";
import { type MarketSeen, readMarkets } from "./readMarkets.ts";
import { readOrders } from "./readOrders.ts";
import { readRewards } from "./readRewards.ts";
import { watchPrices } from "./watchPrices.ts";

/** Everything a plan needs, as of one block. */
export async function observe(keeper: Keeper, rpc: Rpc, system: Breakwater, head: Head): Promise<Observation> {
  const { state, config } = keeper;
  const block = head.number;
  const now = await rpc.nextTime(head);
  const [markets, healths, priorityFee] = await Promise.all([
    readMarkets(system, block),
    readHealths(system, { accounts: Object.keys(state.accounts).map(BigInt), block }),
    rpc.provider.send("eth_maxPriorityFeePerGas", []).then(BigInt, () => 10n ** 8n),
  ]);
  const pyth = watchPrices(keeper, markets, now);
  const orders = await readOrders(system, { ids: Object.keys(state.orders).map(BigInt), markets, pyth, block, now });
  const [rewards, due] = await Promise.all([
    readRewards(system, { accounts: state.accounts, healths, markets, block }),
    readDue(system, {
      markets,
      pyth,
      starved: starved(healths, state.accounts),
      hasOrders: orders.length > 0,
      now,
      blockTag: rpc.next,
    }),
  ]);
  return {
    block,
    nowMs: Date.now(),
    gasPrice: head.baseFee + priorityFee,
    etherUsd: etherPrice(config.etherUsd, markets),
    healths,
    rewards,
    orders,
    due,
  };
}

/**
 * Markets of accounts below maintenance. Their price may be good enough to see that and too old to act on it; only through
 * the Lens the two can be told apart here, so the age decides.
 */
function starved(healths: AccountHealth[], accounts: Record<string, number>): Set<number> {
  const below = healths.filter(({ equity, maintenance }) => equity < maintenance);
  return new Set(below.flatMap(({ account }) => marketsOf(accounts[account.toString()] ?? 0)));
}

/** A number, or the price of a market. */
function etherPrice(text: string, markets: MarketSeen[]): bigint | undefined {
  if (!text.startsWith("market:")) return parsePositive(text, "--ether-usd");
  return markets[Number(text.slice("market:".length))]?.price?.price;
}
