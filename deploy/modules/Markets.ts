import type { Address, Contract, ModuleBuilder, Step } from "./Powers.ts";

/** `MarketState.Open` of `contracts/types/Market.sol`. */
const OPEN = 0;

/**
 * A market of a deployment. `name` names its parameters in the parameters file, and its steps in Ignition's journal.
 * `source` has to answer when the market is listed: `ready` are the steps until it does.
 */
export type Listing = { name: string; source: Address; ready: Step[] };

/**
 * Gives each market its source, lists and opens it, in the order of `markets`: ids are counted at listing. One after the
 * other, so that a deployment taken up again cannot swap two of them.
 */
export function listMarkets(
  m: ModuleBuilder,
  { oracle, clearinghouse }: { oracle: Contract; clearinghouse: Contract },
  markets: Listing[],
  before: Step[],
): Step[] {
  const steps: Step[] = [];
  markets.forEach(({ name, source, ready }, market) => {
    // Each waits for the last step of the market before, and that one for all of its own.
    const after = [...before, ...ready, ...steps.slice(-1)];
    const sourced = m.call(oracle, "setSource", [market, source], { id: `source_${name}`, after });
    const params = m.getParameter<never>(name);
    const listed = m.call(clearinghouse, "listMarket", [params], { id: `list_${name}`, after: [sourced] });
    steps.push(m.call(clearinghouse, "setMarketState", [market, OPEN], { id: `open_${name}`, after: [listed] }));
  });
  return steps;
}
