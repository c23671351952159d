import { InputError } from "../shared/inputError.ts";
import { type AddressBook, FUTURES, OPTIONAL_FUTURES } from "./addressBook.ts";
import type { Breakwater } from "./contracts.ts";
import {
  type AbiInput,
  ADMIN_FUNCTIONS,
  GOVERNED_INTERFACES,
  GOVERNED_NAMES,
  type GovernedName,
  inputsOf,
} from "./governedAbis.ts";
import { formatInput, nameOf, parseInput } from "./governedValues.ts";

/** One call of a governed function, encoded. */
export type GovernedCall = { target: string; data: string };

export type EncodeGovernedCallParameters = {
  /** As the address book calls it, or as it is called in Solidity. */
  contract: string;
  fn: string;
  /** As people write them, one text each; structs and lists as JSON. */
  args: string[];
};

/**
 * A call from its name and texts, checked against the ABI and against what the manager governs.
 *
 * @example
 * const call = await encodeGovernedCall(breakwater, { contract: "orders", fn: "setKeeperFee", args: ["1e18"] });
 */
export async function encodeGovernedCall(
  breakwater: Breakwater,
  { contract, fn, args }: EncodeGovernedCallParameters,
): Promise<GovernedCall> {
  const { book } = breakwater;
  const name = contractNamed(book, contract);
  const target = book.addresses[name]!;
  const governed = await governedFunctions(breakwater, name);
  if (!governed.includes(fn)) {
    throw new InputError(`${name} has no governed function "${fn}": there are ${governed.join(", ")}`);
  }
  const inputs = inputsOf(name, fn);
  if (args.length !== inputs.length) {
    const wanted = inputs.map((input) => `${nameOf(input)} (${input.internalType ?? input.type})`).join(", ");
    throw new InputError(`${name}.${fn} takes ${inputs.length} arguments, not ${args.length}: ${wanted}`);
  }
  const values = inputs.map((input, i) => parseInput(book, input, args[i]!));
  return { target, data: GOVERNED_INTERFACES[name].encodeFunctionData(fn, values) };
}

export type DecodedCall = {
  /** Its name in the address book; undefined: not one of this deployment. */
  contract: string | undefined;
  target: string;
  /** Undefined: no function that is known. */
  fn: string | undefined;
  /** What it means, and what it is. */
  args: DecodedValue[];
};

/** One value; a struct is one for each of its fields, called "params.imrBps". */
export type DecodedValue = { name: string; text: string; value: string };

/** The other way round: what calldata says, for whoever has to agree to it. */
export function decodeGovernedCall(book: AddressBook, { target, data }: GovernedCall): DecodedCall {
  const contract = GOVERNED_NAMES.find((name) => book.addresses[name]?.toLowerCase() === target.toLowerCase());
  const unknown = { contract, target, fn: undefined, args: [] };
  if (contract === undefined) return unknown;
  try {
    const found = GOVERNED_INTERFACES[contract].parseTransaction({ data });
    if (found === null) return unknown;
    const args = inputsOf(contract, found.name).flatMap((input, i) => valuesOf(book, input, found.args[i]));
    return { contract, target, fn: found.name, args };
  } catch {
    // Anybody's calldata can be too short for its function.
    return unknown;
  }
}

function valuesOf(book: AddressBook, input: AbiInput, value: unknown, name = nameOf(input)): DecodedValue[] {
  const { type, components } = input;
  if (type !== "tuple") return [{ name, text: formatInput(book, input, value), value: plain(value) }];
  return components!.flatMap((part, i) => valuesOf(book, part, (value as unknown[])[i], `${name}.${part.name}`));
}

/** "orders.setKeeperFee(fee 1000000000000000000 = 1 WAD)" */
export function describeGovernedCall(book: AddressBook, call: GovernedCall): string {
  const { contract, target, fn, args } = decodeGovernedCall(book, call);
  if (fn === undefined) return `${contract ?? target}.${call.data.slice(0, 10)}(…)`;
  return `${contract}.${fn}(${args.map(({ name, text }) => `${name} ${text}`).join(", ")})`;
}

/** Functions of a contract that want a role besides the admin's, which every unassigned one has; all of the manager's own. */
async function governedFunctions({ access, book }: Breakwater, name: GovernedName): Promise<string[]> {
  if (name === "access") return ADMIN_FUNCTIONS;
  const fragments = GOVERNED_INTERFACES[name].fragments.filter(({ type }) => type === "function");
  const changing = fragments.flatMap((fragment) => GOVERNED_INTERFACES[name].getFunction(fragment.format()) ?? []);
  const found = await Promise.all(
    changing.map(async ({ name: fn, selector, stateMutability }) => {
      if (stateMutability !== "nonpayable") return [];
      return (await access.getTargetFunctionRole(book.addresses[name]!, selector)) === 0n ? [] : [fn];
    }),
  );
  return found.flat();
}

/** "clearinghouse", "Clearinghouse", "LiquidityPool". */
function contractNamed({ addresses, chainId }: AddressBook, text: string): GovernedName {
  const futures: Record<string, string> = { ...FUTURES, ...OPTIONAL_FUTURES };
  const wanted = text.trim().toLowerCase();
  const found = GOVERNED_NAMES.find((name) => [name, futures[name]].some((known) => known?.toLowerCase() === wanted));
  const known = GOVERNED_NAMES.filter((name) => addresses[name] !== undefined);
  if (found === undefined) throw new InputError(`contract: "${text}" is not one of ${known.join(", ")}`);
  if (addresses[found] === undefined) {
    throw new InputError(`the deployment on chain ${chainId} has no ${found}: it has ${known.join(", ")}`);
  }
  return found;
}

/** Nested values as one JSON text. */
function plain(value: unknown): string {
  if (Array.isArray(value)) return JSON.stringify(value, (_, one) => (typeof one === "bigint" ? one.toString() : one));
  return String(value);
}
