import { InputError } from "../../shared/inputError.ts";
import { chainTime } from "../chainTime.ts";
import type { Breakwater } from "../contracts.ts";
import { type ChangeParameters, type SendReturnType, send } from "../send.ts";
import { formatDuration, formatTime } from "../units.ts";
import type { OperationState } from "./readOperations.ts";

export type ExecuteOperationParameters = ChangeParameters & { operation: OperationState };

export type ExecuteOperationReturnType = SendReturnType;

/**
 * Does what was scheduled, once its delay is over. Only who scheduled it can.
 *
 * @example
 * await executeOperation(breakwater, { signer, operation: await findOperation(breakwater, "0x1f2e3d4c") });
 */
export async function executeOperation(
  breakwater: Breakwater,
  { operation, ...how }: ExecuteOperationParameters,
): Promise<ExecuteOperationReturnType> {
  const { target, data } = operation;
  await checkExecutable(breakwater, operation, await how.signer.getAddress());
  return send({ ...how, transaction: breakwater.access.execute.populateTransaction(target, data) });
}

/** Throws an InputError that says why not, and what to do. */
export async function checkExecutable(
  { access }: Breakwater,
  { operationId, state, caller, readyAt, expiresAt }: OperationState,
  from: string,
): Promise<void> {
  const what = `operation ${operationId.slice(0, 10)}`;
  if (state === "executed" || state === "cancelled") throw new InputError(`${what} was ${state}: schedule it again`);
  if (state === "expired") throw new InputError(`${what} expired at ${formatTime(expiresAt)}: schedule it again`);
  if (caller !== from)
    throw new InputError(`${what} can be executed by ${caller} only, who scheduled it; not by ${from}`);
  if (state === "waiting") {
    const left = formatDuration(readyAt - (await chainTime(access.runner)));
    throw new InputError(`${what} is not ready yet: it will be at ${formatTime(readyAt)}, in ${left}`);
  }
}
