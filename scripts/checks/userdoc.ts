import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import type { Finding } from "./finding.ts";
import { ROOT } from "./repository.ts";

interface Parameter {
  type: string;
  components?: Parameter[];
}

interface Compiled {
  abi: { type: string; name?: string; inputs?: Parameter[] }[];
  userdoc: { methods?: Record<string, { notice?: string }> };
  devdoc: { methods?: Record<string, { details?: string }> };
}

interface Output {
  errors?: { severity: string; formattedMessage: string }[];
  contracts?: Record<string, Record<string, Compiled>>;
}

interface Compiler {
  compile(input: string, callbacks: { import(file: string): { contents: string } | { error: string } }): string;
}

/**
 * What explorers show beside a function comes from the metadata of the contract that is deployed, into which the compiler
 * has copied what `@inheritdoc` points to, and nothing where it points to nothing. Functions of OpenZeppelin are explained
 * by `@dev` only.
 */
export function findUnexplained(sources: Map<string, string>): Finding[] {
  const contracts = Object.entries(compile(sources));
  const ofPackages = new Set(
    contracts.flatMap(([file, inFile]) =>
      sources.has(file) ? [] : Object.values(inFile).flatMap(({ abi }) => abi.map(signatureOf)),
    ),
  );
  const findings: Finding[] = [];
  for (const [file, inFile] of contracts.filter(([file]) => sources.has(file))) {
    for (const [name, { abi, userdoc, devdoc }] of Object.entries(inFile)) {
      for (const fragment of abi.filter(({ type }) => type === "function")) {
        const signature = signatureOf(fragment);
        if (userdoc.methods?.[signature]?.notice) continue;
        if (ofPackages.has(signature) && devdoc.methods?.[signature]?.details) continue;
        findings.push({ where: file, what: `explorers would show ${name}.${signature} without a word` });
      }
    }
  }
  return findings;
}

function signatureOf({ name, inputs = [] }: Compiled["abi"][number]): string {
  return `${name}(${inputs.map(typeOf).join()})`;
}

function typeOf({ type, components }: Parameter): string {
  return components === undefined ? type : `(${components.map(typeOf).join()})${type.slice("tuple".length)}`;
}

/** No code is generated: it takes seconds. */
function compile(sources: Map<string, string>): NonNullable<Output["contracts"]> {
  if (sources.size === 0) return {};
  const solc = createRequire(import.meta.url)("solc") as Compiler;
  const input = {
    language: "Solidity",
    sources: Object.fromEntries([...sources].map(([file, content]) => [file, { content }])),
    settings: { evmVersion: "osaka", outputSelection: { "*": { "*": ["abi", "userdoc", "devdoc"] } } },
  };
  const imported = (file: string) => {
    const found = [file, path.join("node_modules", file)].map((one) => path.join(ROOT, one)).find(existsSync);
    return found === undefined ? { error: `no ${file}` } : { contents: readFileSync(found, "utf8") };
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: imported })) as Output;
  const error = output.errors?.find(({ severity }) => severity === "error");
  if (error !== undefined) throw new Error(error.formattedMessage.trim().replace(/\s+/g, " "));
  return output.contracts ?? {};
}
