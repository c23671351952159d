import { execFile } from "node:child_process";
import { lstatSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

/** Ends whatever hangs: no tool of ours is silent for this long. */
const TIMEOUT_MS = 15 * 60_000;

export interface RunResult {
  /** 0 when the tool was content; -1 when it did not end by itself. */
  code: number;
  /** Standard output followed by standard error, without colours. */
  output: string;
}

/** Runs a program and waits for it; a bad exit code is an answer here, not an exception. */
export function run(
  file: string,
  args: string[],
  cwd: string = ROOT,
  timeoutMs: number = TIMEOUT_MS,
): Promise<RunResult> {
  return new Promise((resolve) => {
    const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined };
    const options = { cwd, env, timeout: timeoutMs, maxBuffer: 256 * 1024 * 1024 };
    execFile(file, args, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      resolve({ code, output: `${stdout}${stderr}${code === -1 ? String(error) : ""}` });
    });
  });
}

/** Runs a tool that npm installed, with the Node that runs us: whatever is first on PATH may be older. */
export function runTool(name: string, args: string[], cwd: string = ROOT, timeoutMs?: number): Promise<RunResult> {
  return run(process.execPath, [path.join(ROOT, "node_modules", ".bin", name), ...args], cwd, timeoutMs);
}

/** Every file that is committed or could be: what git ignores is left out. Paths from the root, with `/`. */
export async function sourceFiles(pattern: RegExp = /./): Promise<string[]> {
  const { code, output } = await run("git", ["ls-files", "--cached", "--others", "--exclude-standard"]);
  if (code !== 0) throw new Error(`git could not list the files: ${output.trim()}`);
  const files = output.split("\n").filter((file) => file !== "" && pattern.test(file) && isFile(file));
  return [...new Set(files)].sort();
}

/** Neither a link nor a file that was deleted and is still tracked. */
function isFile(file: string): boolean {
  return lstatSync(path.join(ROOT, file), { throwIfNoEntry: false })?.isFile() ?? false;
}

export function readSource(file: string): string {
  return readFileSync(path.join(ROOT, file), "utf8");
}

/** The text of every file that matches, by path. */
export async function readSources(pattern: RegExp): Promise<Map<string, string>> {
  return new Map((await sourceFiles(pattern)).map((file) => [file, readSource(file)]));
}

/** Solidity or TypeScript without comments, so that a rule is not broken by a sentence about it. */
export function withoutComments(source: string): string {
  return source.replace(
    /("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g,
    (_, text) => text ?? " ",
  );
}
