import { type AccountHealth, readHealths } from "../../sdk/actions/readHealths.ts";
import type { Breakwater } from "../../sdk/contracts.ts";
import { parsePositive } from "../../sdk/units.ts";
import { isPassing } from "../chain/errors.ts";
import { marketsOf } from "../chain/foldLogs.ts";
import type { Head, Rpc } from "../chain/rpc.ts";
import type { Keeper } from "../keeper.ts";
import { liquidationReward } from "../plan/reward.ts";
import type { Observation } from "../plan/types.ts";
import { readDue } from "./readDue.ts";
import { type MarketSeen, readMarkets } from "./readMarkets.ts";
import { readOrders } from "./readOrders.ts";

/** Everything a plan needs, as of one block. */
export async function observe(keeper: Keeper, rpc: Rpc, system: Breakwater, head: Head): Promise<Observation> {
  const { state, pyth, config } = keeper;
  const block = head.number;
  const nowMs = Date.now();
  const now = Math.max(head.timestamp, Math.floor(nowMs / 1_000), await rpc.pendingTime());
  const [markets, healths, priorityFee] = await Promise.all([
    readMarkets(system, block),
    readHealths(system, { accounts: Object.keys(state.accounts).map(BigInt), block }),
    rpc.provider.send("eth_maxPriorityFeePerGas", []).then(BigInt, () => 10n ** 8n),
  ]);
  const orders = await readOrders(system, { ids: Object.keys(state.orders).map(BigInt), markets, pyth, block, now });
  const [rewards, due] = await Promise.all([
    readRewards(system, state.accounts, healths, block),
    readDue(system, { markets, pyth, starved: starved(healths, state.accounts), hasOrders: orders.length > 0, now }),
  ]);
  return {
    block,
    nowMs,
    gasPrice: head.baseFee + priorityFee,
    etherUsd: etherPrice(config.etherUsd, markets),
    healths,
    rewards,
    orders,
    due,
  };
}

/** Of those who can be liquidated: normally few. */
async function readRewards(
  { clearinghouse }: Breakwater,
  accounts: Record<string, number>,
  healths: AccountHealth[],
  block: number,
): Promise<Map<bigint, bigint>> {
  const targets = healths.filter(({ isLiquidatable }) => isLiquidatable);
  if (targets.length === 0) return new Map();
  const at = { blockTag: block };
  const risk = await clearinghouse.riskParams(at);
  const rewards = await Promise.all(
    targets.map(async ({ account, equity, maintenance, isPriced }): Promise<[bigint, bigint]> => {
      const positions = marketsOf(accounts[account.toString()] ?? 0).length;
      // Where a market has no price the notional is unknown: count the bonds alone.
      const health = isPriced ? await clearinghouse.health(account, at).catch(refused) : undefined;
      const notional = health?.notional ?? 0n;
      const counted = health === undefined ? { equity: 0n, maintenance: 0n } : { equity, maintenance };
      return [account, liquidationReward({ ...counted, notional, positions, risk })];
    }),
  );
  return new Map(rewards);
}

function refused(error: unknown): undefined {
  if (isPassing(error)) throw error;
  return undefined;
}

/** Markets whose price is good enough to see that an account is below maintenance, and too old to act on it. */
function starved(healths: AccountHealth[], accounts: Record<string, number>): Set<number> {
  const below = healths.filter(({ equity, maintenance, isLiquidatable }) => !isLiquidatable && equity < maintenance);
  return new Set(below.flatMap(({ account }) => marketsOf(accounts[account.toString()] ?? 0)));
}

/** A number, or the price of a market. */
function etherPrice(text: string, markets: MarketSeen[]): bigint | undefined {
  if (!text.startsWith("market:")) return parsePositive(text, "--ether-usd");
  return markets[Number(text.slice("market:".length))]?.price?.price;
}
