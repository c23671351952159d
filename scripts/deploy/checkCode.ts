import type { Provider } from "ethers";
import { artifactOf, CORE, LIBRARIES, OPTIONAL } from "./contracts.ts";
import type { Report } from "./report.ts";

type Place = { start: number; length: number };
/** Of a build artifact, what the code on chain can be compared with. */
export type Artifact = {
  deployedBytecode: string;
  deployedLinkReferences?: Record<string, Record<string, Place[]>>;
  immutableReferences?: Record<string, Place[]>;
};

export type CheckCodeParameters = {
  report: Report;
  provider: Provider;
  addresses: Record<string, string>;
  /** The artifact of the local build, by the contract's name. */
  artifact: (name: string) => Promise<Artifact>;
};

/**
 * The code at every address is that of the local build; the libraries it calls are those of the deployment; and nothing
 * was deployed that this program does not know.
 */
export function checkCode({ report, provider, addresses, artifact }: CheckCodeParameters): void {
  const known = new Set<string>([...CORE, ...LIBRARIES, ...OPTIONAL]);
  for (const name of [...CORE, ...LIBRARIES]) {
    if (!(name in addresses)) report.expect(`${name} › deployed`, "yes", () => "no");
  }
  for (const [name, address] of Object.entries(addresses)) {
    if (!known.has(name)) {
      report.expect(`${name} › known`, "yes", () => "no: nothing of this name belongs to a deployment");
      continue;
    }
    const read = async () => ({ code: await provider.getCode(address), built: await artifact(artifactOf(name)) });
    report.expect(`${name} › code`, "as built", async () => {
      const { code, built } = await read();
      if (code === "0x") return "no code";
      const difference = compare(code, built);
      return difference === undefined ? "as built" : difference;
    });
  }
  for (const name of ["Clearinghouse", "LiquidationLib", "SeniorTranche", "JuniorTranche", "Lens"]) {
    const address = addresses[name];
    if (address === undefined) continue;
    report.expect(`${name} › libraries`, "those deployed", async () => {
      const code = await provider.getCode(address);
      const wrong = links(await artifact(artifactOf(name)))
        .filter(({ library, start }) => `0x${at(code, start, 20)}` !== addresses[library]?.toLowerCase())
        .map(({ library, start }) => `${library} 0x${at(code, start, 20)}`);
      return wrong.length === 0 ? "those deployed" : [...new Set(wrong)];
    });
  }
}

/** What differs outside of immutables and library addresses; undefined: nothing. */
function compare(code: string, built: Artifact): string | undefined {
  const expected = built.deployedBytecode;
  if (code.length !== expected.length) {
    return `${(code.length - 2) / 2} bytes, ${(expected.length - 2) / 2} built`;
  }
  const masked = [...places(built)].sort((a, b) => a.start - b.start);
  const [has, needs] = [code, expected].map((text) => mask(text.toLowerCase(), masked)) as [string, string];
  if (has === needs) return undefined;
  const position = [...has].findIndex((digit, i) => digit !== needs[i]);
  return `another byte at ${Math.floor((position - 2) / 2)}`;
}

function* places(built: Artifact): Generator<Place> {
  for (const references of Object.values(built.immutableReferences ?? {})) yield* references;
  for (const { start } of links(built)) yield { start, length: 20 };
  // A library knows its own address from its first instruction, PUSH20, so that it cannot be called directly.
  if (built.deployedBytecode.startsWith(`0x73${"0".repeat(40)}`)) yield { start: 1, length: 20 };
}

function links(built: Artifact): { library: string; start: number }[] {
  return Object.values(built.deployedLinkReferences ?? {}).flatMap((libraries) =>
    Object.entries(libraries).flatMap(([library, found]) => found.map(({ start }) => ({ library, start }))),
  );
}

function mask(code: string, masked: Place[]): string {
  let result = "";
  let from = 0;
  for (const { start, length } of masked) {
    const begin = 2 + 2 * start;
    result += code.slice(from, begin) + "_".repeat(2 * length);
    from = begin + 2 * length;
  }
  return result + code.slice(from);
}

const at = (code: string, start: number, length: number): string =>
  code.toLowerCase().slice(2 + 2 * start, 2 + 2 * (start + length));
