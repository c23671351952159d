import path from "node:path";
import type { Finding } from "./finding.ts";
import { readSources, withoutComments } from "./repository.ts";

/** Between `interfaces` and `liquidation`: they may use each other's libraries and bases. */
const DOMAINS = ["oracle", "margin", "market", "liquidity", "shares", "insurance", "loss"];
const BASE = ["types", "math", "interfaces"];

/** What the files of a folder of `contracts/` may import, besides their own folder. Anything else is a finding. */
const SOLIDITY_RULES: Record<string, string[]> = {
  types: [],
  math: ["types"],
  interfaces: ["types"],
  ...Object.fromEntries(DOMAINS.map((domain) => [domain, [...BASE, ...DOMAINS]])),
  liquidation: [...BASE, ...DOMAINS],
  core: [...BASE, ...DOMAINS, "liquidation"],
  governance: BASE,
  periphery: BASE,
  orders: BASE,
  // A harness is what libraries of a market are deployed in, to be called by themselves.
  mocks: [...BASE, "market"],
};

/** Files of `governance/` that anybody may use: a base, role ids and bounds. They are no contracts by themselves. */
const SHARED_GOVERNANCE = /^contracts\/governance\/(Wired|Roles|RiskConfig)\.sol$/;
const SOLIDITY_PACKAGES: Record<string, RegExp> = {
  "@openzeppelin/contracts": /./,
  "@pythnetwork/pyth-sdk-solidity": /^contracts\/(oracle|mocks)\//,
};

/** The same for TypeScript. The longest folder that matches counts. `packages: false`: imports nothing but itself. */
const TYPESCRIPT_RULES: Record<string, { folders: string[]; packages: boolean }> = {
  // What every tool stands on: the deployment itself, and one fixture around it.
  "scripts/shared": { folders: ["deploy", "typechain-types", "hardhat.config.ts"], packages: true },
  "scripts/sdk": { folders: ["scripts/shared", "typechain-types"], packages: true },
  "scripts/deploy": { folders: ["scripts/shared", "scripts/sdk", "typechain-types"], packages: true },
  "scripts/keeper": { folders: ["scripts/shared", "scripts/sdk", "typechain-types"], packages: true },
  "scripts/cli": { folders: ["scripts/shared", "scripts/sdk", "deploy", "typechain-types"], packages: true },
  "scripts/wallets": { folders: ["scripts/shared", "scripts/sdk"], packages: true },
  "scripts/simulator": {
    folders: ["scripts/shared", "scripts/sdk", "scripts/keeper", "deploy", "typechain-types"],
    packages: true,
  },
  "scripts/simulator/model": { folders: [], packages: false },
  "scripts/checks": {
    folders: ["scripts/shared", "scripts/sdk", "deploy", "typechain-types", "hardhat.config.ts"],
    packages: true,
  },
  // Knows addresses and signatures, like anybody outside.
  "scripts/e2e": { folders: [], packages: true },
  "scripts/gas": { folders: ["scripts/shared", "typechain-types"], packages: true },
  deploy: { folders: [], packages: true },
};

/** Imports go one way: the rules of ARCHITECTURE.md. */
export default async function layering(): Promise<Finding[]> {
  return [
    ...solidityLayering(await readSources(/^contracts\/.*\.sol$/)),
    ...typescriptLayering(await readSources(/^(scripts|deploy)\/.*\.ts$/)),
  ];
}

export function solidityLayering(sources: Map<string, string>): Finding[] {
  const findings: Finding[] = [];
  for (const [file, source] of sources) {
    const folder = file.split("/")[1]!;
    const allowed = SOLIDITY_RULES[folder];
    if (allowed === undefined) {
      findings.push({ where: file, what: `contracts/${folder} has no rule in scripts/checks/layering.ts` });
      continue;
    }
    for (const name of solidityImports(source)) {
      const target = resolve(file, name);
      if (target === undefined) {
        const library = Object.keys(SOLIDITY_PACKAGES).find((prefix) => name.startsWith(`${prefix}/`));
        if (library === undefined || !SOLIDITY_PACKAGES[library]!.test(file)) {
          findings.push({ where: file, what: `imports the package ${name}` });
        }
        continue;
      }
      const targetFolder = target.split("/")[1]!;
      const isAllowed = targetFolder === folder || allowed.includes(targetFolder);
      if (!isAllowed && !(SHARED_GOVERNANCE.test(target) && !["types", "math", "interfaces"].includes(folder))) {
        findings.push({ where: file, what: `${folder} may not see ${targetFolder}: imports ${target}` });
      }
      const contracts = concreteContracts(sources.get(target) ?? "");
      if (contracts.length > 0) {
        findings.push({ where: file, what: `imports the contract ${contracts[0]}; use its interface (${target})` });
      }
    }
  }
  return findings;
}

export function typescriptLayering(sources: Map<string, string>): Finding[] {
  const findings: Finding[] = [];
  for (const [file, source] of sources) {
    const folder = ruleFolder(file);
    if (folder === undefined) {
      findings.push({ where: file, what: `${path.posix.dirname(file)} has no rule in scripts/checks/layering.ts` });
      continue;
    }
    const rule = TYPESCRIPT_RULES[folder]!;
    for (const name of typescriptImports(source)) {
      const target = resolve(file, name);
      if (target === undefined) {
        if (!rule.packages) findings.push({ where: file, what: `imports ${name}, but ${folder} imports nothing` });
        continue;
      }
      // A folder inside another is part of it for the outer one, and not the other way round.
      const isAllowed = [folder, ...rule.folders].some((allowed) => `${target}/`.startsWith(`${allowed}/`));
      if (!isAllowed) findings.push({ where: file, what: `${folder} may not see ${target}` });
    }
  }
  return findings;
}

function ruleFolder(file: string): string | undefined {
  const matching = Object.keys(TYPESCRIPT_RULES).filter((folder) => file.startsWith(`${folder}/`));
  return matching.sort((a, b) => b.length - a.length)[0];
}

/** Undefined: a package. */
function resolve(from: string, name: string): string | undefined {
  return name.startsWith(".") ? path.posix.join(path.posix.dirname(from), name) : undefined;
}

function solidityImports(source: string): string[] {
  return [...withoutComments(source).matchAll(/^\s*import\b[^;]*?["']([^"']+)["'][^;]*;/gm)].map((match) => match[1]!);
}

function typescriptImports(source: string): string[] {
  const code = withoutComments(source);
  const statements = code.matchAll(/^\s*(?:import|export)\b(?:[^;"'=()]*?\bfrom)?\s*["']([^"']+)["']/gm);
  const calls = code.matchAll(/\b(?:import|require)\(\s*["']([^"']+)["']/g);
  return [...statements, ...calls].map((match) => match[1]!);
}

function concreteContracts(source: string): string[] {
  return [...withoutComments(source).matchAll(/^\s*contract\s+(\w+)/gm)].map((match) => match[1]!);
}
