import type { AddressBook } from "../sdk/addressBook.ts";
import type { Breakwater } from "../sdk/contracts.ts";
import type { PythPrices } from "../sdk/pythPrices.ts";
import type { Rpc } from "./chain/rpc.ts";
import type { Conditions, Log } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import type { KeeperConfig } from "./options.ts";
import type { Sender } from "./send/sender.ts";
import type { State } from "./state/state.ts";

/** What every part of a running keeper works with. */
export type Keeper = {
  config: KeeperConfig;
  book: AddressBook;
  state: State;
  save: () => Promise<void>;
  /** In the order of trust. */
  rpcs: Rpc[];
  /** The contracts as seen through one of them. */
  systemOf: (rpc: Rpc) => Promise<Breakwater>;
  /** Undefined: a dry run, which needs no key. */
  sender: Sender | undefined;
  /** Undefined: markets with pull feeds are left to other keepers. */
  pyth: PythPrices | undefined;
  log: Log;
  metrics: Metrics;
  conditions: Conditions;
};
