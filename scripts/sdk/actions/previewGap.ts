import { InputError } from "../../shared/inputError.ts";
import type { Breakwater } from "../contracts.ts";
import { decodeError } from "../errors.ts";
import { formatMarket } from "../markets.ts";
import { readAccounts } from "./readAccounts.ts";

export type PreviewGapParameters = {
  market: number;
  /** USD per base unit WAD. */
  price: bigint;
  /** In the order keepers would take them; everybody with a position in the market unless given. */
  accounts?: bigint[];
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
  { market, price, accounts: given }: PreviewGapParameters,
): Promise<PreviewGapReturnType> {
  const { lens, book } = breakwater;
  if (lens === undefined)
    throw new InputError(`the deployment on chain ${book.chainId} has no lens: deploy one beside it`);
  const ids = given ?? (await holdersOf(breakwater, market));
  try {
    const [totals, accounts] = await lens.gapPreview(market, price, ids);
    if (!totals.isPossible)
      throw new InputError(`${formatMarket(book, market)}: its price moves no more, or it is not listed`);
    return { seen: ids.length, ...totalsOf(totals), accounts: accounts.filter(isHit).map(accountOf) };
  } catch (error) {
    throw decodeError(error);
  }
}

async function holdersOf(breakwater: Breakwater, market: number): Promise<bigint[]> {
  const ids = await readAccounts(breakwater);
  const stored = await Promise.all(ids.map((id) => breakwater.clearinghouse.account(id)));
  return ids.filter((_, i) => (stored[i]!.openMarkets >> BigInt(market)) & 1n);
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
