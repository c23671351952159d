import { ContractError, decodeError } from "./errors.ts";

/**
 * What a node answers about a list. A list that takes more gas or time than it gives a call is asked about again in halves,
 * down to one; what our own contracts refuse is no matter of length.
 */
export async function inHalves<Item, Answer>(
  items: Item[],
  read: (items: Item[]) => Promise<Answer[]>,
): Promise<Answer[]> {
  try {
    return await read(items);
  } catch (error) {
    if (items.length <= 1 || !isTooMuch(error)) throw error;
    const half = Math.ceil(items.length / 2);
    const halves = [items.slice(0, half), items.slice(half)];
    return (await Promise.all(halves.map((part) => inHalves(part, read)))).flat();
  }
}

/** Nodes that run out of gas or patience say so each in their own words. */
export function isTooMuch(error: unknown): boolean {
  const decoded = decodeError(error);
  if (decoded instanceof ContractError) return decoded.error === "Lens_NotEnoughGas";
  return ["CALL_EXCEPTION", "UNKNOWN_ERROR"].includes((error as { code?: string }).code ?? "");
}
