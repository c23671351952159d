import type { Breakwater } from "../contracts.ts";
import { readAccount } from "./readAccount.ts";

export type ReadSummariesParameters = { accounts: bigint[] };

/** USD WAD. */
export type AccountSummary = {
  account: bigint;
  margin: bigint;
  /** Undefined: one of its markets has no price. */
  equity: bigint | undefined;
  maintenance: bigint | undefined;
  /** Open positions. */
  positions: number;
  isLiquidatable: boolean;
};

export type ReadSummariesReturnType = AccountSummary[];

/** Accounts with eight positions each that fit one call of the lens. */
const PAGE = 50;

/**
 * Many accounts in a line each: by the lens where there is one, else one by one.
 *
 * @example
 * const summaries = await readSummaries(breakwater, { accounts: await readAccounts(breakwater) });
 */
export async function readSummaries(
  breakwater: Breakwater,
  { accounts }: ReadSummariesParameters,
): Promise<ReadSummariesReturnType> {
  const { lens } = breakwater;
  const summaries: AccountSummary[] = [];
  for (let i = 0; i < accounts.length; i += PAGE) {
    const page = accounts.slice(i, i + PAGE);
    if (lens === undefined) {
      summaries.push(...(await Promise.all(page.map((account) => summaryOf(breakwater, account)))));
      continue;
    }
    for (const seen of await lens.accounts(page)) {
      summaries.push({
        account: seen.id,
        margin: seen.margin,
        equity: seen.isPriced ? seen.equity : undefined,
        maintenance: seen.isPriced ? seen.maintenanceMargin : undefined,
        positions: seen.positions.length,
        isLiquidatable: seen.isLiquidatable,
      });
    }
  }
  return summaries;
}

async function summaryOf(breakwater: Breakwater, account: bigint): Promise<AccountSummary> {
  const { margin, health, positions, isLiquidatable } = await readAccount(breakwater, { account });
  const [equity, maintenance] = [health?.equity, health?.maintenanceMargin];
  return { account, margin, equity, maintenance, positions: positions.length, isLiquidatable };
}
