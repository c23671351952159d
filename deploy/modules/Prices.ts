import type { NamedArtifactContractDeploymentFuture } from "@nomicfoundation/ignition-core";
import { GOVERNOR_ROLE, type ModuleBuilder, selector } from "./Core.ts";

type Address = NamedArtifactContractDeploymentFuture<string> | string;

/** On a rollup: what `deployCore` takes as its gate. `uptime` is the sequencer's uptime feed. */
export function deploySequencerGate(m: ModuleBuilder, uptime: Address) {
  return m.contract("SequencerGate", [uptime, m.getParameter<number>("sequencerGraceSeconds")]);
}

/** Prices from a pull feed; the governor names the feeds. `pyth` is the contract that verifies them on this chain. */
export function deployPythSource(
  m: ModuleBuilder,
  access: NamedArtifactContractDeploymentFuture<string>,
  pyth: Address,
) {
  const source = m.contract("PythSource", [access, pyth]);
  m.call(
    access,
    "setTargetFunctionRole",
    [source, [selector("setFeed(uint8,bytes32,uint16,uint16,uint88,uint88)")], GOVERNOR_ROLE],
    { id: "governPyth" },
  );
  return source;
}

/** Prices that two sources agree on; the governor names the pairs. */
export function deployCircuitBreaker(m: ModuleBuilder, access: NamedArtifactContractDeploymentFuture<string>) {
  const breaker = m.contract("CircuitBreaker", [access]);
  m.call(
    access,
    "setTargetFunctionRole",
    [breaker, [selector("setSources(uint8,address,address,uint16,uint16,uint16)")], GOVERNOR_ROLE],
    { id: "governBreaker" },
  );
  return breaker;
}
