import { readFile } from "node:fs/promises";
import path from "node:path";
import { InputError } from "../shared/inputError.ts";
import { type ModuleParameters, readParametersOf } from "../shared/parameters.ts";

/** A deployment as Ignition has recorded it. */
export type Deployment = {
  /** Of the Ignition module. */
  module: string;
  /** By the name in the module. */
  addresses: Record<string, string>;
  /** The first block with one of its transactions. */
  fromBlock: number;
};

/** Reads `deployed_addresses.json`, and from the journal where the deployment began. */
export async function readDeployment(folder: string): Promise<Deployment> {
  const file = path.join(folder, "deployed_addresses.json");
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) throw new InputError(`there is no deployment in ${folder}: deploy first, or name another`);
  const entries = Object.entries(JSON.parse(text) as Record<string, string>);
  const modules = [...new Set(entries.map(([id]) => id.split("#")[0]!))];
  if (modules.length !== 1) throw new InputError(`${file} holds ${modules.length} modules; one was expected`);
  const addresses = Object.fromEntries(entries.map(([id, address]) => [id.split("#")[1]!, address]));
  return { module: modules[0]!, addresses, fromBlock: await firstBlock(folder) };
}

/** Zero where the journal does not say. */
async function firstBlock(folder: string): Promise<number> {
  const journal = await readFile(path.join(folder, "journal.jsonl"), "utf8").catch(() => "");
  const blocks = [...journal.matchAll(/"blockNumber":(\d+)/g)].map((match) => Number(match[1]));
  return blocks.length === 0 ? 0 : Math.min(...blocks);
}

/** On a chain of one's own they are the deployer unless named. */
const PEOPLE = ["governor", "steward", "guardian", "treasury"];

/** The module's part of a parameters file. */
export async function parametersFor(module: string, file: string): Promise<ModuleParameters> {
  const all = await readParametersOf(file).catch((error: Error & { code?: string }) => {
    throw new InputError(error.code === "ENOENT" ? `there is no file ${file}` : `${file}: ${error.message}`);
  });
  const own = all[module];
  if (own === undefined) throw new InputError(`${file} has no parameters of ${module}, which is what was deployed`);
  const nobody = PEOPLE.filter((role) => own[role] === undefined);
  if (module !== "Devnet" && nobody.length > 0) {
    throw new InputError(`${file} does not name ${nobody.join(", ")}: name the file it was deployed with`);
  }
  return own;
}
