import type { Address, Contract, ModuleBuilder, Step } from "./Powers.ts";

/** `MarketState.Open` of `contracts/types/Market.sol`. */
const OPEN = 0;

/**
 * A market of a deployment. `name` names its parameters in the parameters file, and its steps in Ignition's journal.
 * `source` has to answer when it is set: `ready` are the steps until it does.
 */
export type Listing = { name: string; source: Address; ready: Step[] };

/**
 * Gives each market its source, lists and opens it. Ids are counted at listing, so the markets are listed one after the
 * other: a deployment taken up again cannot swap two of them. All sources are set first, next to each other, because that
 * is the last step that needs a fresh price.
 */
export function listMarkets(
  m: ModuleBuilder,
  { oracle, clearinghouse }: { oracle: Contract; clearinghouse: Contract },
  markets: Listing[],
  before: Step[],
): Step[] {
  const sourced = markets.map(({ name, source, ready }, market) =>
    m.call(oracle, "setSource", [market, source], { id: `source_${name}`, after: [...before, ...ready] }),
  );
  const listed: Step[] = [];
  for (const { name } of markets) {
    const after = [...sourced, ...listed.slice(-1)];
    listed.push(m.call(clearinghouse, "listMarket", [m.getParameter<never>(name)], { id: `list_${name}`, after }));
  }
  return markets.map(({ name }, market) =>
    m.call(clearinghouse, "setMarketState", [market, OPEN], { id: `open_${name}`, after: listed }),
  );
}
