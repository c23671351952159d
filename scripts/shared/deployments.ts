import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { InputError } from "./inputError.ts";
import { systemErrorLine } from "./systemError.ts";

/** Where Ignition leaves what it deployed, a folder for each deployment. */
export const DEPLOYMENTS = path.resolve(import.meta.dirname, "../../deploy/deployments");

/** A deployment as Ignition has recorded it. */
export type Deployment = {
  /** Of the Ignition module. */
  module: string;
  /** By the name in the module. */
  addresses: Record<string, string>;
  /** The first block with one of its transactions; zero where the journal does not say: correct, only slower. */
  startBlock: number;
  /** Every step, a line of JSON each. */
  journal: string[];
};

const addressesSchema = z.record(z.string().regex(/^\w+#/), z.string().regex(/^0x[0-9a-fA-F]{40}$/));

/** Reads `deployed_addresses.json` and the journal of a folder; throws an InputError that says what to do without them. */
export async function readDeployment(folder: string): Promise<Deployment> {
  const file = path.join(folder, "deployed_addresses.json");
  const addresses = addressesSchema.safeParse(await readJson(file));
  if (!addresses.success) throw new InputError(`${file}: not a list of addresses by Ignition`);
  const entries = Object.entries(addresses.data).map(([id, address]) => [...id.split("#"), address] as const);
  const modules = [...new Set(entries.map(([module]) => module))];
  if (modules.length !== 1) throw new InputError(`${file} holds ${modules.length} modules; one was expected`);

  const journal = ((await textOf(path.join(folder, "journal.jsonl"))) ?? "").split("\n");
  const blocks = journal.flatMap((line) => [...line.matchAll(/"blockNumber":(\d+)/g)].map((match) => Number(match[1])));
  return {
    module: modules[0]!,
    addresses: Object.fromEntries(entries.map(([, name, address]) => [name, address])),
    startBlock: blocks.length === 0 ? 0 : Math.min(...blocks),
    journal,
  };
}

/** Undefined: there is no such file. */
async function textOf(file: string): Promise<string | undefined> {
  return readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw new InputError(systemErrorLine(error) ?? error.message);
  });
}

async function readJson(file: string): Promise<unknown> {
  const text = await textOf(file);
  if (text === undefined) {
    const where = path.basename(path.dirname(file)).replace(/^chain-/, "chain ");
    throw new InputError(`nothing is deployed on ${where} (no ${path.relative(".", file)}): see "Deploy" in README.md`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new InputError(`${file}: not JSON`);
  }
}
