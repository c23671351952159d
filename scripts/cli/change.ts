import type { Signer } from "ethers";
import type { SendReturnType } from "../sdk/send.ts";
import { InputError } from "../shared/inputError.ts";
import { count, type Fact, fact, none, type Report, text } from "./report.ts";
import { DEVELOPMENT_CHAIN, type Session } from "./session.ts";

export type Sent = SendReturnType & { approval?: SendReturnType | undefined };

export type ChangeParameters<T extends Sent> = {
  /** What is about to happen, as an order: "deposit 5,000.00 USD into 0x…/0". */
  what: string;
  act(how: { signer: Signer; isDryRun: boolean }): Promise<T>;
  /** Figures that it changes, read before and after. */
  watch?(): Promise<Fact[]>;
  /** What it brought about besides, once it is sent. */
  found?(sent: T): Fact[];
};

/** Asks, sends and tells what changed; or, with --dry-run, tells what would be sent. */
export async function change<T extends Sent>(session: Session, parameters: ChangeParameters<T>): Promise<Report> {
  const { what, act, watch, found } = parameters;
  const isDryRun = session.options.dryRun === true;
  const before = (await watch?.()) ?? [];
  if (!isDryRun) await confirm(session, what);
  const sent = await act({ signer: await session.signer(), isDryRun });
  const after = isDryRun ? before : ((await watch?.()) ?? []);
  const changes = before.map(({ key, name, value }, i) => ({
    // For programs the row has its key, for people its name.
    name: { text: name, json: key },
    before: value,
    after: isDryRun ? none : (after[i]?.value ?? value),
  }));
  const facts = isDryRun ? [] : (found?.(sent) ?? []);
  return [
    {
      facts: [
        fact("action", isDryRun ? "would" : "done", text(what)),
        { ...fact("isDryRun", "sent", { text: isDryRun ? "nothing (dry run)" : "yes", json: isDryRun }) },
      ],
    },
    ...(facts.length > 0 ? [{ key: "result", facts }] : []),
    transactions(sent, isDryRun),
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

function transactions(sent: Sent, isDryRun: boolean): Report[number] {
  const steps = [
    ...(sent.approval === undefined ? [] : [{ step: "approve the vault", ...sent.approval }]),
    { step: "send", ...sent },
  ];
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
  if (!(await io.ask(`${what} on ${name} as ${who}?`))) throw new InputError("nothing was sent");
}
