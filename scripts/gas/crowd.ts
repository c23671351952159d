import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import type { ContractTransactionReceipt } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";
import type { Crowd } from "../../typechain-types/index.ts";
import { accountId, type MarketParams, World, wad } from "../shared/world.ts";

/** As much as one transaction may have (EIP-7825). */
const MAX_GAS = 16_777_216n;
/** Trades, and deposits, that fit one transaction. */
const TRADES = 40;
const DEPOSITS = 160;

/** A market with everything on, whose caps do not stand in the way. */
const MARKET: MarketParams = {
  skewScaleBase: wad(10_000_000),
  maxPositionBase: wad(5_000),
  imrBps: 200,
  volFactorBps: 20_000,
  slopeBpsPerMillion: 1,
  feeBps: 5,
  maxFundingBps: 10,
  keeperWindow: 60,
  reserveFactorBps: 1_000_000,
  poolShareBps: 1_000_000,
  riskWeightBps: 10_000,
  minNotionalCents: 100_000,
};

/** What one deleveraging cost, and whom it reached. */
export type Measured = { gas: number; buckets: number; positions: number };

/** One market and thousands of accounts of one owner, each opened by a deposit and a trade like anybody's. */
export class CrowdedMarket {
  readonly world: World;
  private readonly crowd: Crowd;
  private readonly keeper: HardhatEthersSigner;
  private accounts = 0n;
  private hasOthers = false;

  private constructor(world: World, crowd: Crowd, keeper: HardhatEthersSigner) {
    this.world = world;
    this.crowd = crowd;
    this.keeper = keeper;
  }

  static async deploy(connection: NetworkConnection, capital: number): Promise<CrowdedMarket> {
    const world = await World.deploy(connection);
    const [, , lp, keeper] = await connection.ethers.getSigners();
    // Mostly junior: openings stop when junior is gone, and open profit falls on it first.
    await world.seed(lp!, { senior: wad(0.1 * capital), junior: wad(0.9 * capital), insurance: wad(0.02 * capital) });
    await world.listMarket(MARKET, tickPrice(0));
    const crowd = (await connection.ethers.deployContract("Crowd")) as unknown as Crowd;
    const { token, vault } = world.system;
    await token.mint(crowd, 10n ** 24n);
    await crowd.callAll(token, [
      token.interface.encodeFunctionData("approve", [String(vault.target), 2n ** 256n - 1n]),
    ]);
    return new CrowdedMarket(world, crowd, keeper!);
  }

  async setPrice(price: bigint): Promise<void> {
    await this.world.setPrice(0, price);
  }

  async fund(account: bigint, usd: bigint): Promise<void> {
    const { clearinghouse } = this.world.system;
    const data = clearinghouse.interface.encodeFunctionData("deposit", [account, this.world.native(usd)]);
    await this.crowd.callAll(clearinghouse, [data]);
  }

  async trade(account: bigint, size: bigint): Promise<void> {
    const { executor } = this.world.system;
    const limit = size > 0n ? 2n ** 200n : 0n;
    const data = executor.interface.encodeFunctionData("trade", [account, 0, size, limit]);
    await this.crowd.callAll(executor, [data]);
  }

  /** `count` new accounts, each with a position of `size` base units at the present price. Returns the first's id. */
  async open(count: number, size: bigint, margin: bigint): Promise<bigint> {
    const { clearinghouse, executor } = this.world.system;
    const owner = String(this.crowd.target);
    const ids = Array.from({ length: count }, () => accountId(owner, ++this.accounts));
    const limit = size > 0n ? 2n ** 200n : 0n;
    const deposits = ids.map((id) =>
      clearinghouse.interface.encodeFunctionData("deposit", [id, this.world.native(margin)]),
    );
    const trades = ids.map((id) => executor.interface.encodeFunctionData("trade", [id, 0, size, limit]));
    for (const some of batches(deposits, DEPOSITS)) {
      await this.crowd.callAll(clearinghouse, some, { gasLimit: MAX_GAS });
    }
    // Opening wants fresh marks everywhere.
    if (this.hasOthers) await clearinghouse.markAll();
    for (const some of batches(trades, TRADES)) await this.crowd.callAll(executor, some, { gasLimit: MAX_GAS });
    return ids[0]!;
  }

  /** Lists `count` other markets, each with one position. */
  async openElsewhere(count: number, price: bigint, size: bigint): Promise<void> {
    const { executor, clearinghouse } = this.world.system;
    const first = ++this.accounts;
    this.hasOthers = true;
    for (let i = 0; i < count; i++) {
      const market = await this.world.listMarket(MARKET, price);
      const id = accountId(String(this.crowd.target), first + (1n << 64n) + BigInt(Math.floor(i / 8)));
      await this.fund(id, wad(1_500));
      await clearinghouse.markAll();
      await this.crowd.callAll(executor, [
        executor.interface.encodeFunctionData("trade", [id, market, size, 2n ** 200n]),
      ]);
    }
  }

  /** Brings the marks of the first `count` of them up to date. */
  async markElsewhere(count: number): Promise<void> {
    for (let i = 1; i <= count; i++) await this.world.system.clearinghouse.mark(i);
  }

  /** An hour passes at the present price, so that no volatility word is written for the first time. */
  async rest(): Promise<void> {
    for (let i = 0; i < 13; i++) {
      await this.world.advance(60);
      await this.world.system.clearinghouse.mark(0);
    }
  }

  async deleverage(): Promise<Measured> {
    const sent = await this.world.system.clearinghouse.connect(this.keeper).deleverage(0, { gasLimit: MAX_GAS });
    return this.measured(await sent.wait());
  }

  async liquidate(account: bigint): Promise<Measured> {
    const sent = await this.world.system.clearinghouse.connect(this.keeper).liquidate(account, { gasLimit: MAX_GAS });
    return this.measured(await sent.wait());
  }

  /** Does something and undoes it. */
  async aside<T>(what: () => Promise<T>): Promise<T> {
    const { provider } = this.world.connection;
    const accounts = this.accounts;
    const id = await provider.request({ method: "evm_snapshot", params: [] });
    const result = await what();
    await provider.request({ method: "evm_revert", params: [id] });
    this.accounts = accounts;
    return result;
  }

  private measured(receipt: ContractTransactionReceipt | null): Measured {
    const { interface: abi } = this.world.system.clearinghouse;
    for (const log of receipt?.logs ?? []) {
      const parsed = abi.parseLog(log);
      if (parsed?.name !== "Deleveraged") continue;
      const { buckets, positions } = parsed.args;
      return { gas: Number(receipt?.gasUsed), buckets: Number(buckets), positions: Number(positions) };
    }
    throw new Error("the measured transaction charged nobody");
  }
}

/** A price in the middle of the `i`-th tick from about 1,180 USD on; 64 ticks to an octave. */
export function tickPrice(i: number): bigint {
  const octave = 2n ** BigInt(70 + Math.floor(i / 64));
  return octave + (octave * BigInt(2 * (i % 64) + 1)) / 128n;
}

/** Base units that cost about `usd` at a price. */
export const sizeFor = (usd: number, price: bigint): bigint => (wad(usd) * 10n ** 18n) / price;

const batches = (all: string[], size: number): string[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
