import { existsSync } from "node:fs";
import path from "node:path";
import type { Finding } from "./finding.ts";
import { ROOT, readSource } from "./repository.ts";

interface Manifest {
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

interface LockFile {
  packages: Record<string, { resolved?: string } & Manifest>;
}

/** Everybody installs the same bytes: exact versions, and a lock file that works with any registry. */
export default async function pins(): Promise<Finding[]> {
  const lock = existsSync(path.join(ROOT, "package-lock.json")) ? readSource("package-lock.json") : undefined;
  return findUnpinned(readSource("package.json"), lock);
}

export function findUnpinned(manifestText: string, lockText: string | undefined): Finding[] {
  const manifest = JSON.parse(manifestText) as Manifest;
  const wanted = { ...manifest.dependencies, ...manifest.devDependencies };
  const findings = Object.entries(wanted)
    .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
    .map(([name, version]) => ({ where: "package.json", what: `${name} is ${version}, not an exact version` }));
  if (lockText === undefined) return [...findings, { where: "package-lock.json", what: "is missing" }];

  const { packages } = JSON.parse(lockText) as LockFile;
  const locked = { ...packages[""]?.dependencies, ...packages[""]?.devDependencies };
  for (const [name, version] of Object.entries(wanted)) {
    if (locked[name] !== version) {
      findings.push({
        where: "package-lock.json",
        what: `has ${name} ${locked[name] ?? "not at all"}, not ${version}`,
      });
    }
  }
  for (const [name, { resolved }] of Object.entries(packages)) {
    if (resolved !== undefined)
      findings.push({ where: "package-lock.json", what: `${name} names a host: ${resolved}` });
  }
  return findings;
}
