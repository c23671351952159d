import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";
import { deployCore } from "./Core.ts";

/** The whole system on a chain of one's own: mock dollars, settable prices, and trades that need no order. */
export default buildModule("Local", (m) => {
  const token = m.contract("MockUSD", [m.getParameter<number>("tokenDecimals")]);
  const prices = m.contract("MockPriceSource");
  const core = deployCore(m, token);
  const executor = m.contract("DirectExecutor", [core.clearinghouse]);
  m.call(core.clearinghouse, "wire", [executor], { id: "wireExecutor" });
  return { token, prices, executor, ...core };
});
