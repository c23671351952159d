import type { NetworkConnection } from "hardhat/types/network";
import type { System } from "../../scripts/shared/deploySystem.ts";
import type { Lens } from "../../typechain-types/index.ts";
import type { Totals } from "./stage.ts";

/** The lens over a system that came without one. */
export async function deployLens(connection: NetworkConnection, system: System): Promise<Lens> {
  const { clearinghouse, pool, insurance, waterfall, orders, oracle, vault, senior, junior } = system;
  const addresses = { clearinghouse, pool, insurance, waterfall, orders, oracle, vault, senior, junior };
  return (await connection.ethers.deployContract("Lens", [addresses])) as unknown as Lens;
}

/** The layers of a gap preview, in the form of {layerTotals}. */
export function layersOf(totals: Totals): Totals {
  const { forgone, insurance, junior, senior, adl, residual } = totals;
  return { forgone, insurance, junior, senior, adl, residual };
}
