import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";
import type { NetworkConnection } from "hardhat/types/network";
import { deployLens as lensModule } from "../../deploy/modules/Lens.ts";
import type { System } from "../../scripts/shared/deploySystem.ts";
import type { Lens } from "../../typechain-types/index.ts";
import type { Totals } from "./stage.ts";

/** What the module deploys, over a system that came without one. */
export async function deployLens(connection: NetworkConnection, system: System): Promise<Lens> {
  const names = [
    "clearinghouse",
    "pool",
    "insurance",
    "waterfall",
    "orders",
    "oracle",
    "vault",
    "senior",
    "junior",
  ] as const;
  const addresses = Object.fromEntries(names.map((name) => [name, String(system[name].target)]));
  const module = buildModule("LensOver", (m) => ({
    lens: lensModule(m, addresses as Record<(typeof names)[number], string>),
  }));
  // biome-ignore lint/suspicious/noExplicitAny: the Ignition plugin adds it at run time.
  return (await (connection as any).ignition.deploy(module)).lens as Lens;
}

/** The layers of a gap preview, in the form of {layerTotals}. */
export function layersOf(totals: Totals): Totals {
  const { forgone, insurance, junior, senior, adl, residual } = totals;
  return { forgone, insurance, junior, senior, adl, residual };
}
