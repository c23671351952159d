import Table from "cli-table3";
import { formatAccount } from "../sdk/accountId.ts";
import { formatUsd } from "../sdk/units.ts";
import { costUsd } from "./plan/economics.ts";
import type { Action, Observation, Plan } from "./plan/types.ts";
import type { Sent } from "./state/state.ts";

/** What would be done, for people. */
export function planTable({ actions, skipped }: Plan, { gasPrice, etherUsd, block }: Observation): string {
  const table = new Table({
    head: ["action", "target", "pays, USD", "costs, USD"],
    colAligns: ["left", "left", "right", "right"],
    style: { head: [], border: [] },
  });
  for (const action of actions) {
    const cost =
      etherUsd === undefined ? "unknown" : formatUsd(costUsd(action.gas * gasPrice + action.value, etherUsd));
    table.push([action.kind, targetOf(action), formatUsd(action.rewardUsd), cost]);
  }
  const left = skipped.map(({ key, why }) => `  left out: ${readable(key)}: ${why}`);
  const title = actions.length === 0 ? `block ${block}: nothing to do` : `block ${block}`;
  return [title, ...(actions.length === 0 ? [] : [table.toString()]), ...left].join("\n");
}

/** What `--once` leaves behind, in one line. */
export function pendingLine(pending: Sent[]): string {
  const list = pending.map(({ key, nonce }) => `${readable(key)} (nonce ${nonce})`).join(", ");
  return `not mined yet: ${list}; run it again with the same --state and it looks after them first`;
}

function targetOf({ orders, accounts, market }: Action): string {
  if (orders.length > 0) return `orders ${orders.map(({ id }) => id).join(", ")}`;
  if (accounts.length > 0) return accounts.map(formatAccount).join(", ");
  return market === undefined ? "" : `market ${market}`;
}

/** "liquidate:123…" with the account as people write it. */
export function readable(key: string): string {
  const match = /^(liquidate):(\d+)$/.exec(key);
  return match === null ? key : `${match[1]} ${formatAccount(BigInt(match[2]!))}`;
}
