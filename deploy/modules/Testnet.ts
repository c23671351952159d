import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";
import { deployCore } from "./Core.ts";
import { deployLens } from "./Lens.ts";
import { namedPeople } from "./Powers.ts";
import { agreedPrice, deployCircuitBreaker, deployPythSource } from "./Prices.ts";

/** Markets of a public test network, in the order of their ids. */
const MARKETS = ["eth", "btc"];

/**
 * The whole system on a public test network: real prices, two sources that have to agree; powers with people the parameters
 * name, behind a week's delay; and dollars that anybody prints, because no faucet gives as many as the tranches need.
 *
 * None of the three networks it has parameters for has a sequencer uptime feed, so no gate is passed. On a rollup that has
 * one: `deployCore(m, token, { gate: deploySequencerGate(m, m.getParameter("sequencerUptimeFeed")), … })`.
 */
export default buildModule("Testnet", (m) => {
  // For a real token this one line changes: const token = m.contractAt("IERC20Metadata", m.getParameter("token"));
  const token = m.contract("MockUSD", [m.getParameter<number>("tokenDecimals")]);
  const core = deployCore(m, token, {
    people: namedPeople(m),
    open: ({ access, chainlink }) => {
      const governed = {
        pythSource: deployPythSource(m, access, m.getParameter<string>("pyth")),
        breaker: deployCircuitBreaker(m, access),
      };
      const [pyth, breaker] = [governed.pythSource.contract, governed.breaker.contract];
      return { governed, markets: MARKETS.map((name, id) => agreedPrice(m, { chainlink, pyth, breaker }, name, id)) };
    },
  });
  return { token, ...core, lens: deployLens(m, core) };
});
