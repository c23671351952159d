import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { BrowserProvider, type JsonRpcProvider, type Signer } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";
import json5 from "json5";
import DevnetModule from "../../deploy/modules/Devnet.ts";
import { run } from "../../scripts/cli/run.ts";
import { toAccountId } from "../../scripts/sdk/accountId.ts";
import { ROLES } from "../../scripts/sdk/actions/readRoles.ts";
import { FUTURES, OPTIONAL_FUTURES, readAddressBook } from "../../scripts/sdk/addressBook.ts";
import { connect } from "../../scripts/sdk/contracts.ts";
import type { OpenNetwork, OpenNetworkParameters } from "../../scripts/shared/network.ts";
import { wad } from "../../scripts/shared/world.ts";

export const [ETH, BTC] = [0, 1];
export const CHAIN = 31337n;
/** A chain where nothing is sent unasked; the same contracts answer. */
export const PUBLIC_CHAIN = 11_155_111n;

/** Lines as Ignition writes them. */
const JOURNAL = ["eth", "btc"]
  .map((name, market) => ({ args: [market, "0x"], futureId: `Devnet#source_${name}`, functionName: "setSource" }))
  .map((line) => JSON.stringify(line))
  .join("\n");

/** "left": by Ctrl-C. */
type Answer = boolean | "left";

export type CliStage = Awaited<ReturnType<typeof emptyStage>>;

/** A devnet as a newcomer deploys it, and the command line on it. Accounts as the node numbers them. */
export async function emptyStage(connection: NetworkConnection) {
  const parameters = await devnetParameters();
  // Epochs go by the clock: a minute into one of the longest, no matter when the tests run.
  const { timestamp } = (await connection.ethers.provider.getBlock("latest"))!;
  await connection.networkHelpers.time.increaseTo((Math.floor(timestamp / 7_200) + 1) * 7_200 + 60);
  const deployed = await (connection as never as Ignited).ignition.deploy(DevnetModule, {
    parameters: { Devnet: parameters },
  });
  const addresses = Object.fromEntries(
    await Promise.all(Object.entries(deployed).map(async ([name, contract]) => [name, await contract.getAddress()])),
  );
  const deployments = await writeDeployment({ ...addresses, mockToken: addresses.token, mockPrices: addresses.prices });
  const provider = providerOf(connection);
  const breakwater = await connect({
    book: await readAddressBook({ chainId: CHAIN, folder: deployments }),
    runner: provider,
  });
  const people = (await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map((i) => provider.getSigner(i)))) as Signer[];
  const [governor, , lp, staker, alice, bob, keeper, stranger] = people as [
    Signer,
    Signer,
    Signer,
    Signer,
    Signer,
    Signer,
    Signer,
    Signer,
  ];
  const address = await Promise.all(people.map((person) => person.getAddress()));

  async function advance(seconds: number): Promise<void> {
    await provider.send("evm_increaseTime", [seconds]);
    await provider.send("evm_mine", []);
  }

  /** The command line in this process: what a person would see, and the exit code. */
  async function cli(
    argv: string[],
    { chainId = CHAIN, answer }: { chainId?: bigint; answer?: Answer | Answer[] } = {},
  ) {
    const out = { stdout: "", stderr: "", questions: [] as string[] };
    const code = await run(["--deployments", deployments, ...argv], {
      stdout: { write: (text) => (out.stdout += text) },
      stderr: { write: (text) => (out.stderr += text) },
      isInteractive: answer !== undefined,
      ask: async (question) => {
        const now = Array.isArray(answer) ? answer[out.questions.length] : answer;
        out.questions.push(question);
        if (now === "left") throw new Error("User force closed the prompt with SIGINT");
        return now === true;
      },
      openNetwork: async (asked) => networkOf(connection, asked, chainId),
    });
    return { ...out, code };
  }

  return {
    connection,
    breakwater,
    deployments,
    addresses,
    provider,
    address,
    advance,
    cli,
    governor,
    lp,
    staker,
    alice,
    bob,
    keeper,
    stranger,
  };
}

/** Stages in an order in which each can be built on the chain as the one before has left it, and none twice. */
export const STAGES = () => [
  emptyStage,
  governedStage,
  seededStage,
  tradingStage,
  crashedStage,
  heavyStage,
  chargedStage,
];

export const WEEK = 604_800n;

/** As on a public network: the governor waits a week, and another key is the guardian. */
export async function governedStage(connection: NetworkConnection) {
  const stage = await load(connection, emptyStage);
  const { address, governor } = stage;
  const access = stage.breakwater.access.connect(governor);
  await access.grantRole(ROLES.guardian, address[7]!, 0);
  await access.revokeRole(ROLES.guardian, address[0]!);
  for (const role of [ROLES.governor, ROLES.parameters, ROLES.admin]) await access.grantRole(role, address[0]!, WEEK);
  return stage;
}

/** Senior 400,000, junior 100,000, insurance 50,000; half an hour of everything. */
export async function seededStage(connection: NetworkConnection) {
  const stage = await load(connection, emptyStage);
  const { breakwater, advance, lp, staker } = stage;
  const { token, vault, senior, junior, insurance, pool } = breakwater;
  for (const [vaultOf, who, usd] of [
    [senior, lp, 400_000n],
    [junior, lp, 100_000n],
    [insurance, staker, 50_000n],
  ] as const) {
    const owner = await who.getAddress();
    await token.connect(who).mint(owner, usd * 10n ** 6n);
    await token.connect(who).approve(vault, 2n ** 255n);
    await vaultOf.connect(who).requestDeposit(usd * 10n ** 6n, owner, owner);
  }
  await advance(4 * 3_600);
  await pool.connect(lp).recordEpoch();
  await insurance.connect(lp).recordEpoch();
  await advance(31 * 60);
  await pool.connect(lp).settleEpoch();
  await insurance.connect(lp).settleEpoch();
  for (const [vaultOf, who] of [
    [senior, lp],
    [junior, lp],
    [insurance, staker],
  ] as const) {
    const owner = await who.getAddress();
    await vaultOf.connect(who)["deposit(uint256,address,address)"](await vaultOf.maxDeposit(owner), owner, owner);
  }
  return stage;
}

/** Margin and a position through an order, as a trader gets one. */
export async function trade(
  stage: CliStage,
  who: Signer,
  marginUsd: bigint,
  size: string,
  market = ETH,
): Promise<bigint> {
  const { breakwater, advance, keeper } = stage;
  const { token, vault, clearinghouse, orders } = breakwater;
  const owner = await who.getAddress();
  const account = toAccountId(owner);
  await token.connect(who).mint(owner, (marginUsd + 10_000n) * 10n ** 6n);
  await token.connect(who).approve(vault, 2n ** 255n);
  await clearinghouse.connect(who).deposit(account, marginUsd * 10n ** 6n);
  const { timestamp } = (await stage.provider.getBlock("latest"))!;
  await orders.connect(who).submit({
    account,
    market,
    kind: 0,
    sizeDelta: wad(size),
    acceptablePrice: size.startsWith("-") ? 0n : 2n ** 200n,
    triggerPrice: 0n,
    deadline: timestamp + 600,
    isReduceOnly: false,
  });
  await advance(5);
  await orders.connect(keeper).execute(await orders.orderCount(), "0x");
  return account;
}

/** Alice long 100 ETH, bob short 100 ETH at 3,000. */
export async function tradingStage(connection: NetworkConnection) {
  const stage = await load(connection, seededStage);
  await trade(stage, stage.alice, 10_000n, "100");
  await trade(stage, stage.bob, 30_000n, "-100");
  return stage;
}

/** ETH fell to 2,500: alice was liquidated; insurance and junior paid what bob won. */
export async function crashedStage(connection: NetworkConnection) {
  const stage = await load(connection, tradingStage);
  await stage.breakwater.mockPrices!.connect(stage.keeper).setPrice(ETH, wad(2_500));
  await stage.breakwater.clearinghouse.connect(stage.keeper).liquidate(toAccountId(await stage.alice.getAddress()));
  return stage;
}

/** Alice alone is long 130 ETH and ETH rose: the pool owes more than it should. */
export async function heavyStage(connection: NetworkConnection) {
  const stage = await load(connection, seededStage);
  await trade(stage, stage.alice, 30_000n, "130");
  await stage.breakwater.mockPrices!.connect(stage.keeper).setPrice(ETH, wad(3_900));
  await stage.breakwater.clearinghouse.connect(stage.keeper).markAll();
  return stage;
}

/** ETH rose so far that alice's profit was withheld, and part of it is repaid. */
export async function chargedStage(connection: NetworkConnection) {
  const stage = await load(connection, heavyStage);
  const { clearinghouse, token, vault, mockPrices } = stage.breakwater;
  const { keeper } = stage;
  await mockPrices!.connect(keeper).setPrice(ETH, wad(7_500));
  await clearinghouse.connect(keeper).deleverage(ETH);
  await clearinghouse.connect(keeper).replay(toAccountId(await stage.alice.getAddress()), ETH, 64);
  await token.connect(keeper).mint(await keeper.getAddress(), 5_000n * 10n ** 6n);
  await token.connect(keeper).approve(vault, 2n ** 255n);
  await clearinghouse.connect(keeper).recover(5_000n * 10n ** 6n);
  return stage;
}

function load(connection: NetworkConnection, stage: (on: NetworkConnection) => Promise<CliStage>): Promise<CliStage> {
  return connection.networkHelpers.loadFixture(stage);
}

type Contracts = Record<string, { getAddress(): Promise<string> }>;
type Ignited = { ignition: { deploy(module: unknown, options: unknown): Promise<Contracts> } };

async function devnetParameters(): Promise<Record<string, unknown>> {
  const text = await readFile(new URL("../../deploy/parameters/devnet.json5", import.meta.url), "utf8");
  return json5.parse(text, (_key, value) =>
    typeof value === "string" && /^\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : value,
  ).Devnet;
}

/** What Ignition would have left behind, for both chains. */
export async function writeDeployment(addresses: Record<string, string | undefined>): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "breakwater-cli-"));
  const futures = Object.entries({ ...FUTURES, ...OPTIONAL_FUTURES }).flatMap(([name, future]) =>
    addresses[name] === undefined ? [] : [[`Devnet#${future}`, addresses[name]]],
  );
  for (const chain of [CHAIN, PUBLIC_CHAIN]) {
    const home = path.join(folder, `chain-${chain}`);
    await mkdir(home);
    await writeFile(path.join(home, "deployed_addresses.json"), JSON.stringify(Object.fromEntries(futures)));
    await writeFile(path.join(home, "journal.jsonl"), `${JOURNAL}\n`);
  }
  return folder;
}

function providerOf(connection: NetworkConnection): BrowserProvider {
  const options = { cacheTimeout: -1, polling: true, pollingInterval: 20 };
  return new BrowserProvider(connection.provider as never, undefined, options as never);
}

/** The connection of the test as a network with ethers' own provider, as a wallet in a browser has it. */
async function networkOf(
  connection: NetworkConnection,
  { name, accountIndex = 0, from }: OpenNetworkParameters,
  chainId: bigint,
): Promise<OpenNetwork> {
  const provider = providerOf(connection);
  return {
    name,
    url: "http://in.this.process",
    provider: provider as unknown as JsonRpcProvider,
    chainId,
    signer: () => provider.getSigner(from ?? accountIndex),
  };
}
