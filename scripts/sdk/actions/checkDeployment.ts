import { ZeroAddress } from "ethers";
import type { Breakwater } from "../contracts.ts";

export type DeploymentCheck = { what: string; isGood: boolean };

export type CheckDeploymentReturnType = DeploymentCheck[];

/** Bits by contracts/types/Ledger.sol: which module may post to what, as `deploy/modules/Core.ts` wires it. */
const LEDGER_MASKS = {
  clearinghouse: 0b1110_1111n,
  pool: 0b0010_0110n,
  senior: 0b0011_0010n,
  junior: 0b0011_0010n,
  insurance: 0b0001_0110n,
  orders: 0b0100_0000n,
} as const;

/**
 * Whether every contract of the address book is there and knows the others. What governance can change is not looked at.
 *
 * @example
 * const isWhole = (await checkDeployment(breakwater)).every(({ isGood }) => isGood);
 */
export async function checkDeployment(breakwater: Breakwater): Promise<CheckDeploymentReturnType> {
  const { book, vault, pool, senior, junior, insurance, waterfall, clearinghouse, orders } = breakwater;
  const { addresses } = book;
  const provider = vault.runner!.provider!;
  const codes = Object.entries(addresses).map(async ([name, address]) => ({
    what: `${name} has code`,
    isGood: (await provider.getCode(address)) !== "0x",
  }));
  const masks = Object.entries(LEDGER_MASKS).map(async ([name, mask]) => {
    const found = await vault.ledgersOf(addresses[name as keyof typeof LEDGER_MASKS]);
    return { what: `${name} may post to its own ledgers only`, isGood: found === mask };
  });
  const links = [
    ...(await pool.wiring()).map((found, i) => ({
      what: `pool knows ${["clearinghouse", "waterfall", "senior", "junior"][i]}`,
      isGood: found === [addresses.clearinghouse, addresses.waterfall, addresses.senior, addresses.junior][i],
    })),
    { what: "senior knows the pool", isGood: (await senior.pool()) === addresses.pool },
    { what: "junior knows the pool", isGood: (await junior.pool()) === addresses.pool },
    { what: "insurance knows the waterfall", isGood: (await insurance.waterfall()) === addresses.waterfall },
    {
      what: "waterfall knows the clearinghouse",
      isGood: (await waterfall.CLEARINGHOUSE()) === addresses.clearinghouse,
    },
    { what: "orders know the clearinghouse", isGood: (await orders.CLEARINGHOUSE()) === addresses.clearinghouse },
    { what: "trades go through orders", isGood: (await clearinghouse.executor()) === addresses.orders },
    { what: "the treasury is somebody", isGood: (await clearinghouse.TREASURY()) !== ZeroAddress },
    { what: "the vault holds what its ledgers promise", isGood: (await vault.shortfall()) === 0n },
  ];
  return [...(await Promise.all([...codes, ...masks])), ...links];
}
