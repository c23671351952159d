import { type ErrorDescription, Interface } from "ethers";
import { errorFragments } from "./abis.ts";
import { hintFor } from "./hints.ts";
import { formatArgument } from "./printArgument.ts";

/** A contract refused, and said why. */
export class ContractError extends Error {
  override readonly name = "ContractError";
  /** Of the custom error, as in the interfaces: "Clearinghouse_BelowInitialMargin". */
  readonly error: string;
  readonly args: Record<string, unknown>;
  readonly hint: string | undefined;

  constructor({ name, args, fragment }: ErrorDescription) {
    const named = Object.fromEntries(fragment.inputs.map((input, i) => [input.name || String(i), args[i]]));
    const list = Object.entries(named).map(([key, value]) => `${key} ${formatArgument(name, key, value)}`);
    const hint = hintFor(name, named);
    super(`${name}(${list.join(", ")})${hint === undefined ? "" : `: ${hint}`}`);
    this.error = name;
    this.args = named;
    this.hint = hint;
  }
}

const ERRORS = new Interface(errorFragments());

/** Names of all custom errors that can be decoded. */
export const ERROR_NAMES: readonly string[] = ERRORS.fragments.flatMap((fragment) =>
  "name" in fragment ? [String(fragment.name)] : [],
);

/** Bytes a contract reverted with, also those inside events like `OrderCancelled`; undefined: none of ours. */
export function decodeRevert(data: string): ContractError | undefined {
  if (data.length < 10) return undefined;
  try {
    const description = ERRORS.parseError(data);
    return description === null ? undefined : new ContractError(description);
  } catch {
    return undefined;
  }
}

/** What a wallet, a node or ethers threw, as the contract's own error; anything else comes back as it was. */
export function decodeError(error: unknown): unknown {
  if (error instanceof ContractError) return error;
  for (const data of revertData(error, 0)) {
    const decoded = decodeRevert(data);
    if (decoded !== undefined) return decoded;
  }
  return error;
}

/** Nodes disagree about where revert data goes: `data`, `error.data`, `info.error.data.data`, the message. */
function* revertData(value: unknown, depth: number): Generator<string> {
  if (typeof value === "string") {
    for (const match of value.matchAll(/0x(?:[0-9a-fA-F]{2}){4,}/g)) yield match[0];
    return;
  }
  if (typeof value !== "object" || value === null || depth > 5) return;
  const record = value as Record<string, unknown>;
  for (const key of ["data", "error", "info", "cause", "body", "message"]) yield* revertData(record[key], depth + 1);
}
