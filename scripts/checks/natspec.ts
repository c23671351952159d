import { createRequire } from "node:module";
import type { Finding } from "./finding.ts";
import { readSources } from "./repository.ts";
import { findUnexplained } from "./userdoc.ts";

/** The few fields we read of what the compiler says about a source it has only parsed. */
interface Node {
  nodeType: string;
  name?: string;
  contractKind?: "contract" | "interface" | "library";
  kind?: string;
  /** `offset:length:file`, in bytes. */
  src: string;
  visibility?: string;
  documentation?: { text: string } | null;
  nodes?: Node[];
}

interface CompilerOutput {
  errors?: { severity: string; formattedMessage: string }[];
  sources?: Record<string, { ast: Node }>;
}

interface Compiler {
  compile(input: string, callbacks: { import(path: string): { contents: string } }): string;
}

/**
 * Every function that can be called from outside says what it does, in its interface or where it stands, and what it says
 * arrives where people read it.
 */
export default async function natspec(): Promise<Finding[]> {
  const sources = await readSources(/^contracts\/(?!mocks\/).*\.sol$/);
  return [...findUndocumented(sources), ...findUnexplained(sources)];
}

export function findUndocumented(sources: Map<string, string>): Finding[] {
  const findings: Finding[] = [];
  for (const [file, tree] of parse(sources)) {
    for (const contract of tree.nodes ?? []) {
      if (contract.nodeType !== "ContractDefinition") continue;
      for (const node of contract.nodes ?? []) {
        if (!isCallable(node)) continue;
        const text = node.documentation?.text ?? commentAbove(sources.get(file)!, node);
        // An interface is where the documentation lives: it has nothing to inherit it from.
        const isDocumented =
          /@notice\b/.test(text) || (contract.contractKind !== "interface" && /@inheritdoc\b/.test(text));
        if (isDocumented) continue;
        const wanted = contract.contractKind === "interface" ? "@notice" : "@notice or @inheritdoc";
        findings.push({ where: file, what: `${contract.name}.${node.name} has no ${wanted}` });
      }
    }
  }
  return findings;
}

/** Functions and getters; constructors and `receive` are seen by nobody who reads an ABI. */
function isCallable(node: Node): boolean {
  if (node.nodeType === "FunctionDefinition") {
    return node.kind === "function" && (node.visibility === "external" || node.visibility === "public");
  }
  return node.nodeType === "VariableDeclaration" && node.visibility === "public";
}

/** The parser keeps the documentation of functions but not that of state variables. */
function commentAbove(source: string, node: Node): string {
  const above = Buffer.from(source).subarray(0, Number.parseInt(node.src, 10)).toString();
  return /(?:\/\/\/[^\n]*\s*)+$|\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*$/.exec(above)?.[0] ?? "";
}

/** The compiler stops after parsing: imports need not resolve, and it takes a second. */
function parse(sources: Map<string, string>): Map<string, Node> {
  if (sources.size === 0) return new Map();
  const solc = createRequire(import.meta.url)("solc") as Compiler;
  const input = {
    language: "Solidity",
    sources: Object.fromEntries([...sources].map(([file, content]) => [file, { content }])),
    settings: { stopAfter: "parsing", outputSelection: { "*": { "": ["ast"] } } },
  };
  const output = JSON.parse(
    solc.compile(JSON.stringify(input), { import: () => ({ contents: "" }) }),
  ) as CompilerOutput;
  const error = output.errors?.find(({ severity }) => severity === "error");
  if (error !== undefined) throw new Error(error.formattedMessage.trim().replace(/\s+/g, " "));
  return new Map([...sources.keys()].map((file) => [file, output.sources![file]!.ast]));
}
