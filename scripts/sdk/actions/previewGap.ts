import { InputError } from "../../shared/inputError.ts";
import type { Breakwater } from "../contracts.ts";
import { decodeError } from "../errors.ts";
import { inHalves, isTooMuch } from "../inHalves.ts";
import { formatMarket } from "../markets.ts";
import { readAccounts } from "./readAccounts.ts";

export type PreviewGapParameters = {
  market: number;
  /** USD per base unit WAD. */
  price: bigint;
  /** In the order keepers would take them; everybody with a position in the market unless given. */
  accounts?: bigint[];
  /** Accounts of one call of the lens. */
  pageSize?: number;
};

/** USD WAD. */
export type GapAccount = {
  account: bigint;
  isLiquidatable: boolean;
  /** A deficit is left after everything it has is gone. */
  isBankrupt: boolean;
  equity: bigint;
  maintenance: bigint;
  deficit: bigint;
};

/** USD WAD; `deficit` is the sum of the six parts. */
export type PreviewGapReturnType = {
  /** Accounts that were looked at. */
  seen: number;
  liquidatable: bigint;
  bankrupt: bigint;
  longPnl: bigint;
  shortPnl: bigint;
  /** Of the pool at the price, and once all are liquidated. */
  equityAtGap: bigint;
  equityAfter: bigint;
  seniorAfter: bigint;
  juniorAfter: bigint;
  deficit: bigint;
  forgone: bigint;
  insurance: bigint;
  junior: bigint;
  senior: bigint;
  adl: bigint;
  residual: bigint;
  /** Share of the profit that traders in profit would lose, WAD. */
  haircut: bigint;
  /** Those who would be liquidated. */
  accounts: GapAccount[];
};

/**
 * What would happen if the price of a market went there at once: who is liquidated, and what each layer pays. What it
 * leaves out is said in contracts/interfaces/IGapPreview.sol. Needs the lens.
 *
 * @example
 * const { deficit, insurance } = await previewGap(breakwater, { market: 0, price: parseWad("2400", "price") });
 */
export async function previewGap(
  breakwater: Breakwater,
  { market, price, accounts: given, pageSize = 200 }: PreviewGapParameters,
): Promise<PreviewGapReturnType> {
  const { lens, book } = breakwater;
  if (lens === undefined)
    throw new InputError(`the deployment on chain ${book.chainId} has no lens: deploy one beside it`);
  const at = { blockTag: await lens.runner!.provider!.getBlockNumber() };
  const listed = await holdings(breakwater, given ?? (await readAccounts(breakwater)), at);
  const holders =
    given === undefined ? listed.filter(({ openMarkets }) => (openMarkets >> BigInt(market)) & 1n) : listed;
  const ask = (those: Holding[]) =>
    lens.gapPreview(
      market,
      price,
      those.map(({ id }) => id),
      at,
    );
  try {
    const counted = holders.length <= pageSize ? holders : await thoseThatCount(holders, pageSize, ask);
    const [totals, accounts] = await ask(counted);
    if (!totals.isPossible)
      throw new InputError(`${formatMarket(book, market)}: its price moves no more, or it is not listed`);
    return { seen: holders.length, ...totalsOf(totals), accounts: accounts.filter(isHit).map(accountOf) };
  } catch (error) {
    if (!isTooMuch(error)) throw decodeError(error);
    throw new InputError(
      `this node has not gas enough in a call for the gap: try one that gives calls more, or a smaller gap`,
    );
  }
}

type At = { blockTag: number };
/** Bits of the markets in which an account holds something. */
type Holding = { id: bigint; openMarkets: bigint };
type Ask = (those: Holding[]) => Promise<Answer>;

async function holdings({ clearinghouse }: Breakwater, ids: bigint[], at: At): Promise<Holding[]> {
  return Promise.all(ids.map(async (id) => ({ id, openMarkets: (await clearinghouse.account(id, at)).openMarkets })));
}

/**
 * Each deficit finds what the ones before have left, so the sums want all of them in one call. But an account that nobody
 * can liquidate adds to no sum: it only says in which markets the pool's equity starts at its marks. Page by page those
 * are left out, as long as somebody is left in each market.
 */
async function thoseThatCount(holders: Holding[], pageSize: number, ask: Ask): Promise<Holding[]> {
  const isHitAt: boolean[] = [];
  for (let i = 0; i < holders.length; i += pageSize) {
    const page = holders.slice(i, i + pageSize);
    isHitAt.push(
      ...(await inHalves(page, async (part) => (await ask(part))[1].map(({ isLiquidatable }) => isLiquidatable))),
    );
  }
  let covered = 0n;
  for (const [i, { openMarkets }] of holders.entries()) if (isHitAt[i]) covered |= openMarkets;
  return holders.filter(({ openMarkets }, i) => {
    if (isHitAt[i]) return true;
    const isNew = (openMarkets & ~covered) !== 0n;
    covered |= openMarkets;
    return isNew;
  });
}

type Answer = Awaited<ReturnType<NonNullable<Breakwater["lens"]>["gapPreview"]>>;

function totalsOf(totals: Answer[0]) {
  const { liquidatable, bankrupt, longPnl, shortPnl, equityAtGap, equityAfter, seniorAfter, juniorAfter } = totals;
  const { deficit, forgone, insurance, junior, senior, adl, residual, haircut } = totals;
  const after = { longPnl, shortPnl, equityAtGap, equityAfter, seniorAfter, juniorAfter };
  return { liquidatable, bankrupt, ...after, deficit, forgone, insurance, junior, senior, adl, residual, haircut };
}

function isHit({ isLiquidatable, isBankrupt }: Answer[1][number]): boolean {
  return isLiquidatable || isBankrupt;
}

function accountOf({ id, isLiquidatable, isBankrupt, equity, maintenance, deficit }: Answer[1][number]): GapAccount {
  return { account: id, isLiquidatable, isBankrupt, equity, maintenance, deficit };
}
