import { decodeError } from "../../sdk/errors.ts";
import { isPassing } from "../chain/errors.ts";
import type { Rpc } from "../chain/rpc.ts";
import type { Call } from "./toTransaction.ts";
import { type Verdict, verdictOf } from "./verdict.ts";

export type Simulated = { gas: bigint } | { verdict: Verdict; error: unknown };

/**
 * What a call would do and cost. A pending block counts what is on its way, ours included, and lets time pass on a chain
 * that mines only when asked to; "latest" is for a transaction that is on its way itself.
 */
export async function simulate(
  rpc: Rpc,
  from: string,
  { to, data, value }: Call,
  block: "pending" | "latest" = rpc.next,
): Promise<Simulated> {
  try {
    const transaction = { from, to, data, value: `0x${value.toString(16)}` };
    return { gas: BigInt(await rpc.alone.send("eth_estimateGas", [transaction, block])) };
  } catch (thrown) {
    const error = decodeError(thrown);
    if (error === thrown && isPassing(thrown)) throw thrown;
    return { verdict: verdictOf(error), error };
  }
}
