import { concat, JsonRpcApiProvider, keccak256, toBeHex, zeroPadBytes, zeroPadValue } from "ethers";
import type { Breakwater } from "../contracts.ts";
import { ContractError, decodeError } from "../errors.ts";
import type { GovernedCall } from "../governedCalls.ts";

/** Where the manager of @openzeppelin/contracts 5.7.0 notes what it is executing: its fourth variable. */
const EXECUTION_ID_SLOT = toBeHex(3, 32);

export type RehearseCallReturnType =
  | { isPassed: true }
  /** What the contract would say if it was executed now. */
  | { isPassed: false; refusal: ContractError }
  /** The node does not change state for a call: nobody can tell. */
  | { isPassed: undefined };

/**
 * What a governed call would do if it was executed now, its delay and its caller's role aside: asked of the node as the
 * manager in the middle of executing it. A value out of bounds is found a week earlier.
 */
export async function rehearseCall(
  { access, book }: Breakwater,
  { target, data }: GovernedCall,
): Promise<RehearseCallReturnType> {
  const provider = access.runner?.provider;
  if (!(provider instanceof JsonRpcApiProvider)) return { isPassed: undefined };
  const { access: manager } = book.addresses;
  // As `AccessManager._hashExecutionId`.
  const executionId = keccak256(concat([zeroPadValue(target, 32), zeroPadBytes(data.slice(0, 10), 32)]));
  const overrides = { [manager]: { stateDiff: { [EXECUTION_ID_SLOT]: executionId } } };
  try {
    await provider.send("eth_call", [{ from: manager, to: target, data }, "latest", overrides]);
    return { isPassed: true };
  } catch (error) {
    const refusal = decodeError(error);
    // Another manager, or a node that takes no overrides and says so by refusing the caller.
    const isBlind = !(refusal instanceof ContractError) || /^AccessManage/.test(refusal.error);
    return isBlind ? { isPassed: undefined } : { isPassed: false, refusal };
  }
}
