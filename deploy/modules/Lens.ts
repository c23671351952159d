import type { NamedArtifactContractDeploymentFuture } from "@nomicfoundation/ignition-core";
import type { ModuleBuilder } from "./Powers.ts";

type Contract = NamedArtifactContractDeploymentFuture<string>;

/** What the lens reads: the contracts of one `deployCore`, or where they are. */
export type Readable = Record<
  "clearinghouse" | "pool" | "insurance" | "waterfall" | "orders" | "oracle" | "vault" | "senior" | "junior",
  Contract | string
>;

/** The reader over a deployment. Nothing depends on it: it has no power, and another can be deployed beside it. */
export function deployLens(m: ModuleBuilder, core: Readable): Contract {
  const { clearinghouse, pool, insurance, waterfall, orders, oracle, vault, senior, junior } = core;
  const addresses = { clearinghouse, pool, insurance, waterfall, orders, oracle, vault, senior, junior };
  const libraries = {
    AccountLens: m.library("AccountLens"),
    GapLens: m.library("GapLens"),
    MarketLens: m.library("MarketLens"),
    PoolLens: m.library("PoolLens"),
  };
  return m.contract("Lens", [addresses], { libraries });
}
