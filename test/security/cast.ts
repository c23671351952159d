import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import type { BaseContract, FunctionFragment } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";
import LocalModule from "../../deploy/modules/Local.ts";
import { readParameters, type System } from "../../scripts/shared/deploySystem.ts";
import { accountId, MarketState, PLAIN_MARKET, wad } from "../../scripts/shared/world.ts";

export const WEEK = 604_800;

/** The system as on a public chain: another person for every role, a week before the governor acts. One market, closed. */
export async function cast(connection: NetworkConnection) {
  const signers = (await connection.ethers.getSigners()) as HardhatEthersSigner[];
  const names = [
    "deployer",
    "treasury",
    "governor",
    "guardian",
    "stewardKey",
    "owner",
    "operator",
    "stranger",
  ] as const;
  const people = Object.fromEntries(names.map((name, i) => [name, signers[i]!])) as Record<
    (typeof names)[number],
    HardhatEthersSigner
  >;
  const { timestamp } = (await connection.ethers.provider.getBlock("latest"))!;
  const parameters = {
    ...(await readParameters()),
    governorDelay: WEEK,
    governor: people.governor.address,
    guardian: people.guardian.address,
    steward: people.stewardKey.address,
    treasury: people.treasury.address,
    genesis: timestamp,
  };
  const { ignition } = connection as unknown as { ignition: { deploy(...args: unknown[]): Promise<unknown> } };
  const system = (await ignition.deploy(LocalModule, { parameters: { Local: parameters } })) as System;
  const { token, vault, clearinghouse, senior, junior, insurance, prices, oracle, access } = system;

  await token.mint(people.owner, 10_000_000n);
  await token.connect(people.owner).approve(vault, 10_000_000n);
  await clearinghouse.connect(people.owner).deposit(accountId(people.owner.address), 5_000_000n);
  for (const contract of [clearinghouse, senior, junior, insurance]) {
    await contract.connect(people.owner).setOperator(people.operator, true);
  }

  /** Schedules what the governor wants, waits, and lets it act. */
  async function govern(target: BaseContract, name: string, args: unknown[]) {
    const data = target.interface.encodeFunctionData(name, args);
    await access.connect(people.governor).schedule(target, data, 0);
    await connection.provider.request({ method: "evm_increaseTime", params: [WEEK] });
    await people.governor.sendTransaction({ to: await target.getAddress(), data });
  }
  await prices.setPrice(0, wad(100_000));
  await govern(oracle, "setSource", [0, await prices.getAddress()]);
  await govern(clearinghouse, "listMarket", [PLAIN_MARKET]);
  await govern(clearinghouse, "setMarketState", [0, MarketState.Open]);
  return { connection, system, people, govern };
}

export type Cast = Awaited<ReturnType<typeof cast>>;

export function changingFunctions(contract: BaseContract): FunctionFragment[] {
  return contract.interface.fragments.filter(
    (f): f is FunctionFragment => f.type === "function" && !(f as FunctionFragment).constant,
  );
}
