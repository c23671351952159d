import type { Address, Contract, Governed, ModuleBuilder } from "./Powers.ts";

/** On a rollup: what `deployCore` takes as its gate. `uptime` is the sequencer's uptime feed. */
export function deploySequencerGate(m: ModuleBuilder, uptime: Address): Contract {
  return m.contract("SequencerGate", [uptime, m.getParameter<number>("sequencerGraceSeconds")]);
}

/** Prices from a pull feed; the governor names the feeds. `pyth` is the contract that verifies them on this chain. */
export function deployPythSource(m: ModuleBuilder, access: Contract, pyth: Address): Governed {
  return {
    contract: m.contract("PythSource", [access, pyth]),
    functions: ["setFeed(uint8,bytes32,uint16,uint16,uint88,uint88)"],
  };
}

/** Prices that two sources agree on; the governor names the pairs. */
export function deployCircuitBreaker(m: ModuleBuilder, access: Contract): Governed {
  return {
    contract: m.contract("CircuitBreaker", [access]),
    functions: ["setSources(uint8,address,address,uint16,uint16,uint16)"],
  };
}
