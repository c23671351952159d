import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";
import { deployCore } from "./Core.ts";

/** The whole system on a chain of one's own: mock dollars, settable prices, and trades that need no order. */
export default buildModule("Local", (m) => {
  const token = m.contract("MockUSD", [m.getParameter<number>("tokenDecimals")]);
  const prices = m.contract("MockPriceSource");
  return { token, prices, ...deployCore(m, token, { executorName: "DirectExecutor" }) };
});
