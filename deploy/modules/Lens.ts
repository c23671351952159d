import type { NamedArtifactContractDeploymentFuture } from "@nomicfoundation/ignition-core";
import type { ModuleBuilder } from "./Core.ts";

type Contract = NamedArtifactContractDeploymentFuture<string>;

/** What the lens reads: the contracts of one `deployCore`. */
export type Readable = Record<
  "clearinghouse" | "pool" | "insurance" | "waterfall" | "orders" | "oracle" | "vault" | "senior" | "junior",
  Contract
>;

/** The reader over a deployment. Nothing depends on it: it has no power, and another can be deployed beside it. */
export function deployLens(m: ModuleBuilder, core: Readable): Contract {
  const { clearinghouse, pool, insurance, waterfall, orders, oracle, vault, senior, junior } = core;
  return m.contract("Lens", [{ clearinghouse, pool, insurance, waterfall, orders, oracle, vault, senior, junior }]);
}
