import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";
import { deployCore } from "./Core.ts";
import { deployLens } from "./Lens.ts";

/** As `Local`, but who wants to trade has to order, as on a public chain. */
export default buildModule("Local", (m) => {
  const token = m.contract("MockUSD", [m.getParameter<number>("tokenDecimals")]);
  const prices = m.contract("MockPriceSource");
  const core = deployCore(m, token);
  return { token, prices, ...core, lens: deployLens(m, core) };
});
