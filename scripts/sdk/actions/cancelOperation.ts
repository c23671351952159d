import { InputError } from "../../shared/inputError.ts";
import type { Breakwater } from "../contracts.ts";
import { ContractError, decodeError } from "../errors.ts";
import { type ChangeParameters, type SendReturnType, send } from "../send.ts";
import { holdersFor } from "./holdersFor.ts";
import type { OperationState } from "./readOperations.ts";

export type CancelOperationParameters = ChangeParameters & { operation: OperationState };

export type CancelOperationReturnType = SendReturnType;

/**
 * Takes an operation off the schedule: who scheduled it can, an admin, or the guardian of the role it takes.
 *
 * @example
 * await cancelOperation(breakwater, { signer, operation: await findOperation(breakwater, "0x1f2e3d4c") });
 */
export async function cancelOperation(
  breakwater: Breakwater,
  { operation, ...how }: CancelOperationParameters,
): Promise<CancelOperationReturnType> {
  const { caller, target, data } = operation;
  await checkCancellable(breakwater, operation, await how.signer.getAddress());
  return send({ ...how, transaction: breakwater.access.cancel.populateTransaction(caller, target, data) });
}

/** Throws an InputError that says why not, and who can. */
export async function checkCancellable(
  breakwater: Breakwater,
  { operationId, state, caller, target, data }: OperationState,
  from: string,
): Promise<void> {
  const what = `operation ${operationId.slice(0, 10)}`;
  if (state === "executed" || state === "cancelled") throw new InputError(`${what} was ${state} already`);
  try {
    await breakwater.access.cancel.staticCall(caller, target, data, { from });
  } catch (error) {
    const refusal = decodeError(error);
    if (!(refusal instanceof ContractError) || refusal.error !== "AccessManagerUnauthorizedCancel") throw refusal;
    const { cancellers } = await holdersFor(breakwater, { target, data });
    const who = new Map([
      [caller, "who scheduled it"],
      ...cancellers.map(({ holder, role }) => [holder, role] as const),
    ]);
    const list = [...who].map(([holder, role]) => `${holder} (${role})`).join(", ");
    throw new InputError(`${from} may not cancel ${what}: those who may are ${list}`);
  }
}
