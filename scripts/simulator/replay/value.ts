import type { ChainBook } from "./chainBook.ts";
import { claimableBy } from "./claims.ts";
import type { Stage } from "./exchange.ts";

/** What each group owns, USD WAD. They add up to the tokens held. */
export type Groups = Record<"traders" | "junior" | "senior" | "insurance" | "treasury" | "keepers", bigint>;

/** Tokens held against the sum of the eight ledgers, USD WAD. */
export type Conservation = { held: bigint; ledgers: bigint; difference: bigint };

/**
 * Values at the last marks. Traders: margin, keeper bonds, debts of the pool to them, unrealised profit net of funding,
 * and the impact reserve that belongs to whoever unwinds the skew; less what nobody could pay if the pool's equity is
 * below zero. LPs: what their shares are worth, and what has been repaid of their claims. Every dollar in the vault is somebody's, so the groups add up to what is held.
 */
export async function groupsOf(stage: Stage): Promise<Groups> {
  const { pool, clearinghouse } = stage.world.system;
  const ledgers = await stage.world.ledgers();
  const [senior, junior] = await pool.navs();
  const equity = await pool.equity();
  const keepers = await clearinghouse.feesOf(stage.cast.keeper.address);
  const owed = (await pool.unpaid()) + (await pool.markTotal());
  const nobodys = equity < 0n ? -equity : 0n;
  const [seniorClaims, juniorClaims] = [await claimableBy(stage, "senior"), await claimableBy(stage, "junior")];
  const recovery = ledgers.recovery - seniorClaims - juniorClaims;
  return {
    traders: ledgers.margin + ledgers.orders + recovery + ledgers.pendingPnl + owed - nobodys,
    junior: junior + juniorClaims,
    senior: senior + seniorClaims,
    insurance: ledgers.insurance,
    treasury: ledgers.fees - keepers,
    keepers,
  };
}

export async function conservationOf(stage: Stage): Promise<Conservation> {
  const { held, sum } = await stage.world.ledgers();
  return { held, ledgers: sum, difference: held - sum };
}

/**
 * The traders' value once more, without the market's sums: what every account would have if it closed at the last price,
 * deleveraging replayed, with what belongs to no single one: bonds, the impact reserve, repaid claims nobody has
 * collected, less what the pool cannot pay.
 */
export async function tradersOneByOne(stage: Stage, book: ChainBook, idle: bigint[], time: number): Promise<bigint> {
  const { pool, clearinghouse } = stage.world.system;
  const { lastPrice } = await clearinghouse.market(stage.market);
  const { orders } = await stage.world.ledgers();
  const [, , repaid] = await clearinghouse.traderClaims();
  const equity = await pool.equity();
  const accounts = (await book.equities(lastPrice, time)).concat(idle);
  return (
    accounts.reduce((total, value) => total + value, 0n) +
    orders +
    repaid +
    book.impactReserve(lastPrice) +
    (equity < 0n ? equity : 0n)
  );
}
