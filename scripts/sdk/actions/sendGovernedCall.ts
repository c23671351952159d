import { InputError } from "../../shared/inputError.ts";
import type { Breakwater } from "../contracts.ts";
import { describeGovernedCall, type GovernedCall } from "../governedCalls.ts";
import { type ChangeParameters, type SendReturnType, send } from "../send.ts";
import { formatDuration } from "../units.ts";
import { holdersFor } from "./holdersFor.ts";

export type SendGovernedCallParameters = ChangeParameters & GovernedCall;

export type SendGovernedCallReturnType = SendReturnType;

/**
 * Does a governed call at once: for holders of its role without a delay, like the steward, or the governor of a chain of
 * one's own.
 *
 * @example
 * const call = await encodeGovernedCall(breakwater, { contract: "steward", fn: "adjustRisk", args: ["0", "55"] });
 * await sendGovernedCall(breakwater, { signer, ...call });
 */
export async function sendGovernedCall(
  breakwater: Breakwater,
  { target, data, ...how }: SendGovernedCallParameters,
): Promise<SendGovernedCallReturnType> {
  await checkImmediate(breakwater, { target, data }, await how.signer.getAddress());
  return send({ ...how, transaction: { to: target, data } });
}

/** Throws an InputError that says who may, or that it has to be scheduled. */
export async function checkImmediate(breakwater: Breakwater, call: GovernedCall, from: string): Promise<void> {
  const { role, holders } = await holdersFor(breakwater, call);
  const own = holders.find(({ holder }) => holder === from);
  const what = describeGovernedCall(breakwater.book, call);
  if (own === undefined) {
    const list = holders.map(({ holder }) => holder).join(", ") || "nobody";
    throw new InputError(`${from} may not call ${what}: it takes the role ${role}, held by ${list}`);
  }
  if (own.delay > 0n) {
    throw new InputError(`${from} has to announce ${what} ${formatDuration(own.delay)} before: \`role schedule\` does`);
  }
}
