import { getAddress, type Provider } from "ethers";
import { InputError } from "../shared/inputError.ts";
import type { ModuleParameters } from "../shared/parameters.ts";
import { type Artifact, checkCode } from "./checkCode.ts";
import { checkParameters } from "./checkParameters.ts";
import { checkPowers, type People } from "./checkPowers.ts";
import { checkPrices } from "./checkPrices.ts";
import { checkWiring } from "./checkWiring.ts";
import { CORE, connect } from "./contracts.ts";
import { Report, type Row } from "./report.ts";

export type VerifyParameters = {
  provider: Provider;
  /** By the name in the Ignition module. */
  addresses: Record<string, string>;
  parameters: ModuleParameters;
  /** Logs are read from here. */
  fromBlock: number;
  artifact: (name: string) => Promise<Artifact>;
};

/** Reads a deployment back and compares it with its parameters and with the code it should have. */
export async function verify({
  provider,
  addresses,
  parameters,
  fromBlock,
  artifact,
}: VerifyParameters): Promise<Row[]> {
  const missing = CORE.filter((name) => !(name in addresses));
  if (missing.length > 0) throw new InputError(`the deployment is not complete, it has no ${missing.join(", ")}`);

  const contracts = connect(addresses, provider);
  const deployer = await contracts.vault.DEPLOYER().catch(() => {
    throw new InputError(`there is no Vault at ${addresses.Vault}: is this the chain of the deployment?`);
  });
  const person = (name: keyof People) => getAddress((parameters[name] as string | undefined) ?? deployer);
  const people: People = {
    governor: person("governor"),
    steward: person("steward"),
    guardian: person("guardian"),
    treasury: person("treasury"),
  };
  const token = addresses.MockUSD ?? (parameters.token as string | undefined);
  if (token === undefined) throw new InputError("neither the deployment nor its parameters name the quote token");

  const report = new Report(new Map(Object.entries(addresses).map(([name, address]) => [address.toLowerCase(), name])));
  const common = { report, provider, contracts, addresses, parameters, deployer, fromBlock };
  checkCode({ report, provider, addresses, artifact });
  checkWiring({ ...common, treasury: people.treasury, token });
  checkParameters(common);
  checkPrices(common);
  checkPowers({ ...common, people });
  await report.settle();
  return report.rows;
}
