import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { Finding } from "./finding.ts";
import { ROOT, runTool } from "./repository.ts";

/** Below the 24,576 of EIP-170 on purpose: what is full cannot be repaired. */
export const MAX_BYTES = 20_480;

/** Every contract that is deployed fits the budget in the production profile. */
export default async function size(): Promise<Finding[]> {
  const args = ["--config", "scripts/shared/production.config.ts", "--build-profile", "production", "--no-typechain"];
  const { code, output } = await runTool("hardhat", [...args, "build", "--no-tests", "--quiet"]);
  if (code !== 0) return [{ where: "hardhat build", what: firstError(output) }];

  const artifacts = await readArtifacts(path.join(ROOT, "artifacts-production", "contracts"));
  if (artifacts.length === 0) throw new Error("the production build left no artifacts");
  return artifacts
    .filter(({ sourceName }) => !sourceName.startsWith("contracts/mocks/"))
    .map(({ sourceName, contractName, deployedBytecode }) => ({
      where: sourceName,
      name: contractName,
      // Two digits a byte after 0x; the place of a linked library is as long as its address.
      bytes: (deployedBytecode.length - 2) / 2,
    }))
    .filter(({ bytes }) => bytes > MAX_BYTES)
    .map(({ where, name, bytes }) => ({ where, what: `${name} has ${bytes} bytes, ${bytes - MAX_BYTES} too many` }));
}

interface Artifact {
  sourceName: string;
  contractName: string;
  deployedBytecode: string;
}

async function readArtifacts(folder: string): Promise<Artifact[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith(".json"));
  return Promise.all(
    files.map(async (file) => JSON.parse(await readFile(path.join(file.parentPath, file.name), "utf8")) as Artifact),
  );
}

function firstError(output: string): string {
  const lines = output.split("\n").map((line) => line.trim());
  return lines.find((line) => /error/i.test(line)) ?? lines.find((line) => line !== "") ?? "failed without a word";
}
