import type { Signer } from "ethers";
import type { SendReturnType } from "../sdk/send.ts";
import { InputError } from "../shared/inputError.ts";
import { count, type Fact, fact, none, type Report, text } from "./report.ts";
import { DEVELOPMENT_CHAIN, type Session } from "./session.ts";
import { Interrupted, Unfinished } from "./unfinished.ts";

type Step = SendReturnType & { step: string };

type How = { signer: Signer; isDryRun: boolean; onApproval: (sent: SendReturnType) => void };

export type ChangeParameters<T extends SendReturnType> = {
  /** What is about to happen, as an order: "deposit 5,000.00 USD into 0x…/0". */
  what: string;
  act(how: How): Promise<T>;
  /** Figures that it changes, read before and after. */
  watch?(): Promise<Fact[]>;
  /** What it brought about besides, once it is sent. */
  found?(sent: T): Fact[];
};

/** Asks, sends and tells what changed; or, with --dry-run, tells what would be sent. */
export async function change<T extends SendReturnType>(
  session: Session,
  parameters: ChangeParameters<T>,
): Promise<Report> {
  const { what, act, watch, found } = parameters;
  const isDryRun = session.options.dryRun === true;
  const before = (await watch?.()) ?? [];
  if (!isDryRun) await confirm(session, what);
  const signer = await session.signer();
  const steps: Step[] = [];
  const onApproval = (approval: SendReturnType) => steps.push({ step: "approve the vault", ...approval });
  try {
    const sent = await act({ signer, isDryRun, onApproval });
    steps.push({ step: "send", ...sent });
    const after = isDryRun ? before : ((await watch?.()) ?? []);
    return reportOf({ what, isDryRun, steps, before, after, facts: isDryRun ? [] : (found?.(sent) ?? []) });
  } catch (error) {
    throw isDryRun || steps.length === 0 ? error : new Unfinished([begun(what), transactions(steps, isDryRun)], error);
  }
}

function begun(what: string): Report[number] {
  return { facts: [fact("action", "begun", text(what))] };
}

export type Part = { key: string; make(): Promise<Report> };

/** Several changes, one after the other: where one is refused, those before it are told all the same. */
export async function changes(parts: Part[]): Promise<Report> {
  const done: Report = [];
  for (const { key, make } of parts) {
    try {
      done.push({ key, group: await make() });
    } catch (error) {
      const reason = error instanceof Unfinished ? error.reason : error;
      if (error instanceof Unfinished) done.push({ key, group: error.done });
      throw done.length === 0 ? reason : new Unfinished(done, reason);
    }
  }
  return done;
}

type Told = {
  what: string;
  isDryRun: boolean;
  steps: Step[];
  before: Fact[];
  after: Fact[];
  /** What was found besides. */
  facts: Fact[];
};

function reportOf({ what, isDryRun, steps, before, after, facts }: Told): Report {
  const changes = before.map(({ key, name, value }, i) => ({
    // For programs the row has its key, for people its name.
    name: { text: name, json: key },
    before: value,
    after: isDryRun ? none : (after[i]?.value ?? value),
  }));
  return [
    {
      facts: [
        fact("action", isDryRun ? "would" : "done", text(what)),
        { ...fact("isDryRun", "sent", { text: isDryRun ? "nothing (dry run)" : "yes", json: isDryRun }) },
      ],
    },
    ...(facts.length > 0 ? [{ key: "result", facts }] : []),
    transactions(steps, isDryRun),
    ...(changes.length > 0
      ? [
          {
            key: "changes",
            keyedBy: "name",
            columns: [
              { key: "name", head: isDryRun ? "now" : "changed" },
              { key: "before", head: isDryRun ? "value" : "before" },
              isDryRun ? { key: "after" } : { key: "after", head: "after" },
            ],
            rows: changes,
          },
        ]
      : []),
  ];
}

function transactions(steps: Step[], isDryRun: boolean): Report[number] {
  return {
    key: "transactions",
    columns: [
      { key: "step", head: "step" },
      { key: "hash", head: "transaction" },
      { key: "block", head: "block" },
      { key: "gas", head: isDryRun ? "gas, estimate" : "gas" },
    ],
    rows: steps.map(({ step, receipt, gas }) => ({
      step: text(step),
      hash: receipt ? text(receipt.hash) : { text: "not sent", json: null },
      block: receipt ? count(receipt.blockNumber) : { text: "-", json: null },
      gas: gas === undefined ? { text: "depends on the step before", json: null, isRight: true } : count(gas),
    })),
  };
}

async function confirm(session: Session, what: string): Promise<void> {
  const { options, io } = session;
  const { chainId, name } = await session.network();
  if (options.yes || chainId === DEVELOPMENT_CHAIN) return;
  const who = await session.self();
  if (!io.isInteractive)
    throw new InputError(`this would ${what} on ${name} as ${who}: add --yes to send it, or --dry-run`);
  const isAgreed = await io.ask(`${what} on ${name} as ${who}?`).catch(() => {
    throw new Interrupted(`interrupted, not sent: ${what}`);
  });
  if (!isAgreed) throw new InputError(`not sent: ${what}`);
}
