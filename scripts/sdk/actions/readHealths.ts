import type { Breakwater } from "../contracts.ts";
import { inHalves } from "../inHalves.ts";

export type ReadHealthsParameters = {
  accounts: bigint[];
  /** All at one block, so that what is compared belongs together. */
  block: number | "latest";
  /** Accounts of one call of the Lens. */
  pageSize?: number;
  /** Pages on their way at once. */
  concurrency?: number;
};

/** USD WAD. */
export type AccountHealth = {
  account: bigint;
  equity: bigint;
  maintenance: bigint;
  /** What `liquidate` would decide; without a Lens, at prices good for valuing. */
  isLiquidatable: boolean;
  /** Each of its markets has a price. */
  isPriced: boolean;
};

/** Equity against maintenance of many accounts: hundreds a call through the Lens, else one by one. */
export async function readHealths(
  breakwater: Breakwater,
  { accounts, block, pageSize = 500, concurrency = 4 }: ReadHealthsParameters,
): Promise<AccountHealth[]> {
  const pages = Array.from({ length: Math.ceil(accounts.length / pageSize) }, (_, i) =>
    accounts.slice(i * pageSize, (i + 1) * pageSize),
  );
  const healths: AccountHealth[][] = new Array(pages.length);
  let next = 0;
  async function work(): Promise<void> {
    for (let page = next++; page < pages.length; page = next++) {
      healths[page] = await readPage(breakwater, pages[page]!, block);
    }
  }
  await Promise.all(Array.from({ length: concurrency }, work));
  return healths.flat();
}

async function readPage(system: Breakwater, page: bigint[], block: number | "latest"): Promise<AccountHealth[]> {
  const { lens } = system;
  if (lens === undefined) return readOneByOne(system, page, block);
  // Accounts with eight positions cost eight times as much.
  return inHalves(page, async (part) => {
    const seen = await lens.healths(part, { blockTag: block });
    return seen.map(({ index, equity, maintenance, isLiquidatable, isPriced }) => {
      return { account: part[Number(index)]!, equity, maintenance, isLiquidatable, isPriced };
    });
  });
}

/** Without a Lens: a call for each, which nodes take in batches. */
async function readOneByOne({ clearinghouse }: Breakwater, page: bigint[], block: number | "latest") {
  const at = { blockTag: block };
  return Promise.all(
    page.map(async (account): Promise<AccountHealth> => {
      try {
        const { equity, maintenanceMargin } = await clearinghouse.health(account, at);
        const isLiquidatable = equity < maintenanceMargin;
        return { account, equity, maintenance: maintenanceMargin, isLiquidatable, isPriced: true };
      } catch (error) {
        if (!isRefusal(error)) throw error;
        // One of its markets has no price. Dead ones do not stop a liquidation: ask what would happen.
        const isLiquidatable = await clearinghouse.liquidate.staticCall(account, at).then(
          () => true,
          () => false,
        );
        return { account, equity: 0n, maintenance: 0n, isLiquidatable, isPriced: false };
      }
    }),
  );
}

function isRefusal(error: unknown): boolean {
  return (error as { code?: string }).code === "CALL_EXCEPTION";
}
