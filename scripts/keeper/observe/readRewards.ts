import type { AccountHealth } from "../../sdk/actions/readHealths.ts";
import type { Breakwater } from "../../sdk/contracts.ts";
import { fillPrice } from "../../sdk/quote.ts";
import { WAD } from "../../sdk/units.ts";
import { isPassing } from "../chain/errors.ts";
import { marketsOf } from "../chain/foldLogs.ts";
import { liquidationReward } from "../plan/reward.ts";
import type { MarketSeen } from "./readMarkets.ts";

const CENT = WAD / 100n;

export type ReadRewardsParameters = {
  /** With a bit for each market they have a position in. */
  accounts: Record<string, number>;
  healths: AccountHealth[];
  markets: MarketSeen[];
  block: number;
};

/** What liquidating each account that can be liquidated should pay, USD WAD. Normally there are few. */
export async function readRewards(
  system: Breakwater,
  { accounts, healths, markets, block }: ReadRewardsParameters,
): Promise<Map<bigint, bigint>> {
  const { clearinghouse } = system;
  const targets = healths.filter(({ isLiquidatable }) => isLiquidatable);
  if (targets.length === 0) return new Map();
  const at = { blockTag: block };
  const risk = await clearinghouse.riskParams(at);

  async function rewardOf({ account, equity, maintenance, isPriced }: AccountHealth): Promise<bigint> {
    const held = marketsOf(accounts[account.toString()] ?? 0).map((id) => markets[id]!);
    const positions = await Promise.all(
      held.map(async ({ id }) => (await clearinghouse.replayed(account, id, at).catch(refused))?.position),
    );
    const legs = held.map((market, i) => ({ market, size: positions[i]?.size ?? 0n }));
    // Nobody is paid the bond of a position without a price, which stays open.
    const paid = positions.filter((_, i) => held[i]!.price !== undefined);
    const bonds = paid.reduce((sum, position) => sum + (position?.bondCents ?? 0n) * CENT, 0n);
    // Where a market has no price the notional is unknown: the bonds alone are counted.
    const health = isPriced ? await clearinghouse.health(account, at).catch(refused) : undefined;
    const counted = health === undefined ? { equity: 0n, maintenance: 0n } : { equity, maintenance };
    const impact = legs.reduce((sum, leg) => sum + closingImpact(leg), 0n);
    return liquidationReward({ ...counted, notional: health?.notional ?? 0n, impact, bonds, risk });
  }
  return new Map(
    await Promise.all(targets.map(async (target) => [target.account, await rewardOf(target)] as [bigint, bigint])),
  );
}

/** What the whole of a position would lose against the oracle's price when it is closed. */
function closingImpact({ market, size }: { market: MarketSeen; size: bigint }): bigint {
  const price = market.price?.price;
  if (price === undefined || size === 0n) return 0n;
  return (size * (price - fillPrice(market.book, price, -size))) / WAD;
}

function refused(error: unknown): undefined {
  if (isPassing(error)) throw error;
  return undefined;
}
