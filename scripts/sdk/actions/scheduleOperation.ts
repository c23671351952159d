import { InputError } from "../../shared/inputError.ts";
import type { Breakwater } from "../contracts.ts";
import { ContractError, decodeError } from "../errors.ts";
import { describeGovernedCall, type GovernedCall } from "../governedCalls.ts";
import { type ChangeParameters, type SendReturnType, send } from "../send.ts";
import { formatTime } from "../units.ts";
import { holdersFor } from "./holdersFor.ts";
import { rehearseCall } from "./rehearseCall.ts";

export type CheckOperationParameters = GovernedCall & {
  /** Who would schedule it. */
  from: string;
  /** Unix seconds; as soon as the delay allows unless given. */
  readyAt?: bigint | undefined;
  /** Also where it would be refused if it was executed now: what it needs may be scheduled before it. */
  isUnrehearsed?: boolean | undefined;
};

export type CheckOperationReturnType = {
  operationId: string;
  readyAt: bigint;
  /** False: nobody asked, or the node cannot tell. */
  isRehearsed: boolean;
};

/**
 * Whether a call can be scheduled, and from when on it could be executed; an InputError says what to do if not. Asks the
 * manager itself, and has the call rehearsed.
 */
export async function checkOperation(
  breakwater: Breakwater,
  { target, data, from, readyAt: wanted = 0n, isUnrehearsed = false }: CheckOperationParameters,
): Promise<CheckOperationReturnType> {
  const { access, book } = breakwater;
  const what = describeGovernedCall(book, { target, data });
  const operationId = await access.hashOperation(from, target, data);
  const encode = (when: bigint) => [
    access.interface.encodeFunctionData("schedule", [target, data, when]),
    access.interface.encodeFunctionData("getSchedule", [operationId]),
  ];
  /** When it would be ready, by the manager's own reckoning. */
  const ask = async (when: bigint): Promise<bigint | ContractError> => {
    try {
      return BigInt((await access.multicall.staticCall(encode(when), { from }))[1]!);
    } catch (error) {
      const decoded = decodeError(error);
      if (decoded instanceof ContractError) return decoded;
      throw decoded;
    }
  };
  const readyAt = await ask(wanted);
  if (typeof readyAt === "bigint") {
    const rehearsal = isUnrehearsed ? { isPassed: undefined } : await rehearseCall(breakwater, { target, data });
    if (rehearsal.isPassed === false) {
      throw new InputError(
        `${what} would be refused now: ${rehearsal.refusal.message} (--unrehearsed schedules it all the same)`,
      );
    }
    return { operationId, readyAt, isRehearsed: rehearsal.isPassed === true };
  }
  if (readyAt.error === "AccessManagerAlreadyScheduled") {
    const due = formatTime(await access.getSchedule(operationId));
    throw new InputError(`${what} is scheduled already as ${operationId.slice(0, 10)}, ready from ${due}`);
  }
  if (readyAt.error !== "AccessManagerUnauthorizedCall") throw readyAt;
  const soonest = wanted === 0n ? readyAt : await ask(0n);
  if (typeof soonest === "bigint") {
    throw new InputError(`${what} cannot be ready before ${formatTime(soonest)}: the delay of ${from} runs till then`);
  }
  const { role, holders } = await holdersFor(breakwater, { target, data });
  const own = holders.find(({ holder }) => holder === from);
  if (own !== undefined && own.delay === 0n) {
    throw new InputError(`${from} holds the role ${role} without a delay: nothing to schedule, \`role call\` does it`);
  }
  const list = holders.map(({ holder, name }) => (name === undefined ? holder : `${holder} (${name})`)).join(", ");
  throw new InputError(`${from} may not schedule ${what}: it takes the role ${role}, held by ${list || "nobody"}`);
}

export type ScheduleOperationParameters = ChangeParameters & Omit<CheckOperationParameters, "from">;
export type ScheduleOperationReturnType = SendReturnType & CheckOperationReturnType;

/**
 * Announces a governed call: it can be executed once the caller's delay is over, by the same caller, within a week.
 *
 * @example
 * const call = await encodeGovernedCall(breakwater, { contract: "orders", fn: "setKeeperFee", args: ["1e18"] });
 * const { operationId, readyAt } = await scheduleOperation(breakwater, { signer, ...call });
 */
export async function scheduleOperation(
  breakwater: Breakwater,
  { target, data, readyAt, isUnrehearsed, ...how }: ScheduleOperationParameters,
): Promise<ScheduleOperationReturnType> {
  const from = await how.signer.getAddress();
  const checked = await checkOperation(breakwater, { target, data, from, readyAt, isUnrehearsed });
  const transaction = breakwater.access.schedule.populateTransaction(target, data, readyAt ?? 0n);
  const sent = await send({ ...how, transaction });
  // By the block it was mined in, which may be later than the one that was asked.
  const mined = sent.receipt && (await breakwater.access.getSchedule(checked.operationId));
  return { ...checked, readyAt: mined ?? checked.readyAt, ...sent };
}
