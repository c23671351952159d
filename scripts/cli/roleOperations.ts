import { cancelOperation, checkCancellable } from "../sdk/actions/cancelOperation.ts";
import { checkExecutable, executeOperation } from "../sdk/actions/executeOperation.ts";
import { holdersFor } from "../sdk/actions/holdersFor.ts";
import { findOperation, type OperationState, readOperations } from "../sdk/actions/readOperations.ts";
import { checkOperation, scheduleOperation } from "../sdk/actions/scheduleOperation.ts";
import { checkImmediate, sendGovernedCall } from "../sdk/actions/sendGovernedCall.ts";
import { chainTime } from "../sdk/chainTime.ts";
import type { Breakwater } from "../sdk/contracts.ts";
import {
  decodeGovernedCall,
  describeGovernedCall,
  encodeGovernedCall,
  type GovernedCall,
} from "../sdk/governedCalls.ts";
import { formatTime, parseDuration } from "../sdk/units.ts";
import { change } from "./change.ts";
import type { Arguments, CommandSpec } from "./command.ts";
import * as figures from "./report.ts";
import { type Fact, type Figure, fact, type Report, type TableSection } from "./report.ts";
import type { Session } from "./session.ts";

const CALL: [string, string][] = [
  ["<contract>", "as `deploy addresses` calls it: orders, clearinghouse, access"],
  ["<function>", "by name; a wrong one lists those there are"],
  [
    "[values...]",
    "numbers as the contract takes them (5000, 1.5e18), names of contracts, markets and roles, structs as JSON",
  ],
];
const OPERATION: [string, string] = ["<operation>", "its id, or how it begins; `role operations` shows them"];

/** The governor is a multi-signature wallet, which signs elsewhere. */
const CALLDATA: [string, string] = [
  "--calldata",
  "send nothing: print what a wallet of --from has to send, and where to",
];

/** A table has no room for a struct of fourteen values; `role operation` has. */
const LONGEST_CALL = 100;

export const operations: CommandSpec = {
  verb: "operations",
  summary: "What the governor has announced: what it is, and from when until when it can be executed.",
  options: [["--all", "executed, cancelled and expired ones too"]],
  example: "--all",
  async run(session, _args, options) {
    const breakwater = await session.breakwater();
    const found = await readOperations(breakwater, { isAll: options.all === true });
    return [
      {
        key: "operations",
        columns: [
          { key: "operationId", head: "operation" },
          { key: "state", head: "state" },
          { key: "readyAt", head: "from" },
          { key: "expiresAt", head: "before" },
          { key: "call", head: "call" },
          { key: "caller" },
          { key: "target" },
          { key: "data" },
          { key: "block" },
          { key: "transaction" },
        ],
        rows: found.map((one) => ({
          operationId: idOf(one),
          state: figures.text(one.state),
          readyAt: figures.time(one.readyAt),
          expiresAt: figures.time(one.expiresAt),
          call: shortened(describeGovernedCall(breakwater.book, one)),
          caller: figures.text(one.caller),
          target: figures.text(one.target),
          data: figures.text(one.data),
          block: figures.count(one.block),
          transaction: figures.text(one.transaction),
        })),
        empty: options.all ? "nothing was ever announced" : "nothing is announced",
      },
    ];
  },
};

export const operation: CommandSpec = {
  verb: "operation",
  summary: "One announced operation: every value, who can execute it and who can cancel it.",
  args: [OPERATION],
  example: "0x1f2e3d4c",
  async run(session, args) {
    const breakwater = await session.breakwater();
    const found = await findOperation(breakwater, args.operation!);
    const { role, cancellers } = await holdersFor(breakwater, found);
    return [
      {
        facts: [
          fact("operationId", "operation", figures.text(found.operationId)),
          ...stateOf(found),
          fact("caller", "can be executed by", figures.text(found.caller)),
          fact("role", "takes the role", figures.text(role)),
          fact("cancellers", "can be cancelled by", listOf([found.caller, ...cancellers.map(({ holder }) => holder)])),
          fact("transaction", "announced in", figures.text(found.transaction)),
        ],
      },
      valuesTable(breakwater, found),
    ];
  },
};

export const schedule: CommandSpec = {
  verb: "schedule",
  summary: "Announces a governed call. Once its delay is over, the same key executes it; the guardian can cancel it.",
  args: CALL,
  options: [
    ["--in <time>", "from now, if later than the delay asks for"],
    ["--unrehearsed", "although it would be refused now: what it needs comes before it"],
    CALLDATA,
  ],
  example: "orders setKeeperFee 1e18",
  async run(session, args, options, more) {
    const after = options.in === undefined ? undefined : parseDuration(String(options.in), "--in");
    const isUnrehearsed = options.unrehearsed === true;
    const breakwater = await session.breakwater();
    const called = await callOf(breakwater, args, more);
    const readyAt = after === undefined ? undefined : (await chainTime(breakwater.access.runner)) + after;
    const from = await session.self();
    const checked = await checkOperation(breakwater, { ...called, from, readyAt, isUnrehearsed });
    const what = `schedule ${describeGovernedCall(breakwater.book, called)}, ready from ${formatTime(checked.readyAt)}`;
    if (options.calldata) return calldata(breakwater, what, "schedule", [called.target, called.data, readyAt ?? 0n]);
    const report = await change(session, {
      what,
      act: (how) => scheduleOperation(breakwater, { ...how, ...called, readyAt, isUnrehearsed }),
      found: ({ operationId, readyAt: from }) => [
        fact("operationId", "operation", figures.text(operationId)),
        fact("readyAt", "ready from", figures.time(from)),
      ],
    });
    const rehearsed = checked.isRehearsed ? "yes: it would go through now" : "no";
    return [
      ...report,
      valuesTable(breakwater, called),
      { facts: [fact("isRehearsed", "rehearsed", { text: rehearsed, json: checked.isRehearsed })] },
    ];
  },
};

export const execute: CommandSpec = {
  verb: "execute",
  summary: "Does what was announced, once its delay is over: within a week, by the key that announced it.",
  args: [OPERATION],
  options: [CALLDATA],
  example: "0x1f2e3d4c",
  async run(session, args, options) {
    const breakwater = await session.breakwater();
    const found = await findOperation(breakwater, args.operation!);
    await checkExecutable(breakwater, found, await session.self());
    const what = whatOf(breakwater, found, "execute");
    if (options.calldata) return calldata(breakwater, what, "execute", [found.target, found.data]);
    return changeOperation(session, breakwater, found, what, (how) =>
      executeOperation(breakwater, { ...how, operation: found }),
    );
  },
};

export const cancel: CommandSpec = {
  verb: "cancel",
  summary: "Takes an announced operation off the schedule: who announced it may, and the guardian of its role.",
  args: [OPERATION],
  options: [CALLDATA],
  example: "0x1f2e3d4c",
  async run(session, args, options) {
    const breakwater = await session.breakwater();
    const found = await findOperation(breakwater, args.operation!);
    await checkCancellable(breakwater, found, await session.self());
    const what = whatOf(breakwater, found, "cancel");
    if (options.calldata) return calldata(breakwater, what, "cancel", [found.caller, found.target, found.data]);
    return changeOperation(session, breakwater, found, what, (how) =>
      cancelOperation(breakwater, { ...how, operation: found }),
    );
  },
};

export const call: CommandSpec = {
  verb: "call",
  summary: "Does a governed call at once: for who holds its role without a delay, as the steward does.",
  args: CALL,
  example: "steward adjustRisk penaltyBps 55",
  async run(session, args, _options, more) {
    const breakwater = await session.breakwater();
    const called = await callOf(breakwater, args, more);
    await checkImmediate(breakwater, called, await session.self());
    const report = await change(session, {
      what: `call ${describeGovernedCall(breakwater.book, called)}`,
      act: (how) => sendGovernedCall(breakwater, { ...how, ...called }),
    });
    return [...report, valuesTable(breakwater, called)];
  },
};

function callOf(breakwater: Breakwater, { contract, function: fn }: Arguments, args: string[]): Promise<GovernedCall> {
  return encodeGovernedCall(breakwater, { contract: contract!, fn: fn!, args });
}

/** Asks for agreement with the calldata in words, not with an id. */
function whatOf({ book }: Breakwater, found: OperationState, verb: string): string {
  return `${verb} ${found.operationId.slice(0, 10)}: ${describeGovernedCall(book, found)}`;
}

function calldata({ access, book }: Breakwater, what: string, fn: string, args: unknown[]): Report {
  return [
    {
      facts: [
        fact("action", "would", figures.text(what)),
        fact("to", "send to", figures.text(book.addresses.access)),
        fact("data", "data", figures.text(access.interface.encodeFunctionData(fn as "schedule", args as never))),
      ],
    },
  ];
}

async function changeOperation(
  session: Session,
  breakwater: Breakwater,
  found: OperationState,
  what: string,
  act: Parameters<typeof change>[1]["act"],
): Promise<Report> {
  const { operationId } = found;
  const report = await change(session, {
    what,
    act,
    watch: async () => [stateOf(await findOperation(breakwater, operationId))[0]!],
  });
  return [...report, valuesTable(breakwater, found)];
}

function stateOf({ state, readyAt, expiresAt }: OperationState): Fact[] {
  return [
    fact("state", "state", figures.text(state)),
    fact("readyAt", "can be executed from", figures.time(readyAt)),
    fact("expiresAt", "and before", figures.time(expiresAt)),
  ];
}

/** Every value with what it means. */
function valuesTable({ book }: Breakwater, called: GovernedCall): TableSection {
  const { contract, target, fn, args } = decodeGovernedCall(book, called);
  return {
    key: "values",
    title: `${contract ?? target}.${fn ?? called.data}`,
    columns: [{ key: "name", head: "value of" }, { key: "value" }, { key: "text", head: "is" }],
    rows: args.map(({ name, text, value }) => ({
      name: figures.text(name),
      value: figures.text(value),
      text: figures.text(text),
    })),
    empty: "takes no value",
  };
}

function idOf({ operationId }: OperationState): Figure {
  return { text: operationId.slice(0, 10), json: operationId };
}

function listOf(holders: string[]): Figure {
  const unique = [...new Set(holders)];
  return { text: unique.join(", "), json: unique };
}

function shortened(text: string): Figure {
  return { text: text.length > LONGEST_CALL ? `${text.slice(0, LONGEST_CALL - 1)}…` : text, json: text };
}
