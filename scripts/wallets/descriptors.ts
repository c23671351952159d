import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { Addresses } from "../sdk/addressBook.ts";
import { InputError } from "../shared/inputError.ts";
import { type Descriptor, descriptorSchema, sharedSchema } from "./schema.ts";

/** Descriptors without addresses: what is the same on every chain. */
export const TEMPLATES = path.resolve(import.meta.dirname, "../../deploy/clear-signing");

/** Which contracts of a deployment a descriptor is for. */
export const CONTRACTS: Record<string, (keyof Addresses)[]> = {
  "calldata-AccessManager.json": ["access"],
  "calldata-ChainlinkSource.json": ["chainlink"],
  "calldata-CircuitBreaker.json": ["breaker"],
  "calldata-Clearinghouse.json": ["clearinghouse"],
  "calldata-InsuranceFund.json": ["insurance"],
  "calldata-JuniorTranche.json": ["junior"],
  "calldata-LiquidityPool.json": ["pool"],
  "calldata-OracleRouter.json": ["oracle"],
  "calldata-Orders.json": ["orders"],
  "calldata-PythSource.json": ["pyth"],
  "calldata-RiskSteward.json": ["steward"],
  "calldata-SeniorTranche.json": ["senior"],
  "eip712-Orders.json": ["orders"],
  "eip712-Shares.json": ["senior", "junior", "insurance"],
};

/** Every template with what it includes merged in, by file name; files that are only included are left out. */
export async function readTemplates(folder = TEMPLATES): Promise<Map<string, Descriptor>> {
  const files = (await readdir(folder)).filter((file) => file.endsWith(".json") && !file.startsWith("common-")).sort();
  return new Map(await Promise.all(files.map(async (file) => [file, await readTemplate(folder, file)] as const)));
}

async function readTemplate(folder: string, file: string): Promise<Descriptor> {
  const { includes, ...own } = descriptorSchema.parse(await readJson(folder, file));
  if (includes === undefined) return own;
  const shared = sharedSchema.parse(await readJson(folder, includes));
  const twice = Object.keys(own.display.formats).filter((key) => key in shared.display.formats);
  // The standard would merge them field by field; two places for one function is what we do not want to read.
  if (twice.length > 0) throw new Error(`${file}: ${twice.join(", ")} is in ${includes} as well`);
  return {
    ...own,
    display: {
      definitions: { ...shared.display.definitions, ...own.display.definitions },
      formats: { ...shared.display.formats, ...own.display.formats },
    },
  };
}

async function readJson(folder: string, file: string): Promise<unknown> {
  return JSON.parse(await readFile(path.join(folder, file), "utf8"));
}

export type FillParameters = {
  template: Descriptor;
  chainId: bigint;
  /** Of the contracts the descriptor is for. */
  addresses: string[];
  /** The quote token of the deployment. */
  token: string;
  /** Names of markets in the order of their ids; none: wallets show the number. */
  markets?: string[];
};

/** A descriptor for one deployment: where it is, what its dollars are, and what its markets are called. */
export function fillTemplate({ template, chainId, addresses, token, markets = [] }: FillParameters): Descriptor {
  const { context, metadata, display } = structuredClone(template);
  const deployments = addresses.map((address) => ({ chainId: Number(chainId), address }));
  if ("contract" in context) context.contract.deployments = deployments;
  else context.eip712.deployments = deployments;
  if (metadata.maps?.quoteToken) metadata.maps.quoteToken.values = { [`${chainId}`]: token };
  if (markets.length > 0 && display.definitions?.market) {
    if (markets.length > 32)
      throw new InputError(`--markets: ${markets.length} names, but there are 32 markets at most`);
    metadata.enums = { ...metadata.enums, market: Object.fromEntries(markets.map((name, id) => [id, name])) };
    display.definitions.market = { label: "Market", format: "enum", params: { $ref: "$.metadata.enums.market" } };
  }
  return { $schema: template.$schema, context, metadata, display };
}

export type DescribeDeploymentParameters = {
  chainId: bigint;
  addresses: Addresses;
  token: string;
  markets?: string[];
};

/** Descriptors of a deployment by file name; those of contracts it does not have are left out. */
export async function describeDeployment({
  chainId,
  addresses,
  token,
  markets,
}: DescribeDeploymentParameters): Promise<Map<string, Descriptor>> {
  const descriptors = new Map<string, Descriptor>();
  for (const [file, template] of await readTemplates()) {
    const at = CONTRACTS[file]!.flatMap((name) => addresses[name] ?? []);
    if (at.length > 0) descriptors.set(file, fillTemplate({ template, chainId, addresses: at, token, markets }));
  }
  return descriptors;
}
