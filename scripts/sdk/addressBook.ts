import path from "node:path";
import { getAddress } from "ethers";
import { z } from "zod";
import { DEPLOYMENTS, readDeployment } from "../shared/deployments.ts";
import { InputError } from "../shared/inputError.ts";
import { tryJson } from "../shared/tryJson.ts";

/** Names of the SDK, and of the futures of `deploy/modules` that stand for them. */
export const FUTURES = {
  access: "AccessManager",
  vault: "Vault",
  oracle: "OracleRouter",
  chainlink: "ChainlinkSource",
  pool: "LiquidityPool",
  senior: "SeniorTranche",
  junior: "JuniorTranche",
  insurance: "InsuranceFund",
  waterfall: "LossWaterfall",
  clearinghouse: "Clearinghouse",
  orders: "Orders",
  steward: "RiskSteward",
} as const;

/** Of some deployments only. */
export const OPTIONAL_FUTURES = {
  lens: "Lens",
  mockToken: "MockUSD",
  mockPrices: "MockPriceSource",
  pyth: "PythSource",
  breaker: "CircuitBreaker",
  gate: "SequencerGate",
} as const;

export type Addresses = Record<keyof typeof FUTURES, string> & Partial<Record<keyof typeof OPTIONAL_FUTURES, string>>;

export type AddressBook = {
  chainId: bigint;
  addresses: Addresses;
  /** The first block of the deployment: nothing that concerns it happened earlier. */
  startBlock: number;
  /** Names of markets by id, as the deployment named them; one listed later has none. */
  symbols: ReadonlyMap<number, string>;
};

export type ReadAddressBookParameters = {
  chainId: bigint;
  /** Folder of all deployments; Ignition's own unless given. */
  folder?: string;
};

/**
 * Addresses on one chain, from what Ignition wrote: there is no second list to keep in step. Throws an InputError that
 * says what to run if nothing, or only a part, is deployed there.
 */
export async function readAddressBook({
  chainId,
  folder = DEPLOYMENTS,
}: ReadAddressBookParameters): Promise<AddressBook> {
  const deployment = await readDeployment(path.join(folder, `chain-${chainId}`));
  const pick = (futures: Record<string, string>) =>
    Object.entries(futures).flatMap(([name, future]) => {
      const address = deployment.addresses[future];
      return address === undefined ? [] : [[name, getAddress(address)] as const];
    });
  const addresses = Object.fromEntries([...pick(FUTURES), ...pick(OPTIONAL_FUTURES)]) as Addresses;
  const missing = Object.entries(FUTURES).filter(([name]) => !(name in addresses));
  if (missing.length > 0) {
    const names = missing.map(([, future]) => future).join(", ");
    throw new InputError(
      `the deployment on chain ${chainId} has no ${names}: run the same \`hardhat ignition deploy\` again`,
    );
  }
  return { chainId, addresses, startBlock: deployment.startBlock, symbols: marketNames(deployment.journal) };
}

const sourceStepSchema = z.object({
  futureId: z.string().regex(/#source_\w+$/),
  args: z.tuple([z.coerce.number(), z.unknown()]),
});

/** `deploy/modules/Markets.ts` calls the step that gives market 0 its source "source_eth": market 0 is ETH. */
function marketNames(journal: string[]): Map<number, string> {
  const steps = journal.filter((line) => line.includes("#source_"));
  const names = steps.flatMap((line) => {
    const step = sourceStepSchema.safeParse(tryJson(line));
    if (!step.success) return [];
    return [[step.data.args[0], step.data.futureId.split("#source_")[1]!.toUpperCase()] as const];
  });
  // Steps of one batch are noted in any order.
  return new Map(names.sort(([a], [b]) => a - b));
}
