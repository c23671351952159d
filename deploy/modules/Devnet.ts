import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";
import { deployCore } from "./Core.ts";
import { deployLens } from "./Lens.ts";

/** Markets of a chain of one's own, in the order of their ids. */
const MARKETS = ["eth", "btc"];

/**
 * The whole system on a chain of one's own, to try everything by hand: dollars that anybody prints, prices that anybody
 * sets, two open markets, trades through two-step orders. Every role is the first account's, without a delay.
 */
export default buildModule("Devnet", (m) => {
  const token = m.contract("MockUSD", [m.getParameter<number>("tokenDecimals")]);
  const prices = m.contract("MockPriceSource");
  const markets = MARKETS.map((name, market) => {
    const price = m.getParameter<bigint>(`${name}Price`);
    return { name, source: prices, ready: [m.call(prices, "setPrice", [market, price], { id: `price_${name}` })] };
  });
  const core = deployCore(m, token, { open: () => ({ markets }) });
  return { token, prices, ...core, lens: deployLens(m, core) };
});
