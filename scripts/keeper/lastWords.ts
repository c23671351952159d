import { InputError } from "../shared/inputError.ts";
import { describeError, withoutSecrets } from "../shared/secrets.ts";

/** Why a keeper ends, without secrets, and its exit code. */
export function lastWords(error: unknown): { code: number; text: string } {
  // Hardhat's own: a variable that is not set, a keystore that was not opened.
  const isHardhats = error instanceof Error && error.name === "HardhatError";
  if (isHardhats || error instanceof InputError) return { code: 1, text: describeError(error) };
  // The stack says where; the message is in it once more, all of it.
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const frames = stack.split("\n").filter((line) => /^\s+at /.test(line));
  const text = [`keeper stopped: ${describeError(error)}`, ...frames.slice(0, 8)].join("\n");
  return { code: 2, text: withoutSecrets(text) };
}
