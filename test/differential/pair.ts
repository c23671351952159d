import hre from "hardhat";
import { readParameters } from "../../scripts/shared/deploySystem.ts";
import { wad } from "../../scripts/shared/world.ts";
import { accountId, Exchange, type MarketParams, type RiskParams } from "../../scripts/simulator/model/index.ts";
import { Chain } from "./chain.ts";
import type { Regime } from "./regimes.ts";

const LP_EPOCH = 7_200;
const INSURANCE_EPOCH = 14_400;
/** Signers by their place: the first two are the deployment's. */
const [TREASURY, LP, STAKER, KEEPER, FIRST_TRADER, TRADERS] = [1, 2, 3, 4, 5, 8];

const toModel = (params: object): never =>
  Object.fromEntries(Object.entries(params).map(([name, value]) => [name, BigInt(value)])) as never;

/** Chain and model side by side, on one clock, from the same start. */
export class Pair {
  readonly chain: Chain;
  readonly exchange: Exchange;
  readonly accounts: bigint[];
  readonly governor: string;
  readonly treasury: string;
  readonly lp: string;
  readonly staker: string;
  readonly keeper: string;
  readonly owners: string[];

  private constructor(chain: Chain, exchange: Exchange) {
    const at = (index: number): string => chain.signers[index] as string;
    this.chain = chain;
    this.exchange = exchange;
    [this.governor, this.treasury, this.lp, this.staker, this.keeper] = [0, TREASURY, LP, STAKER, KEEPER].map(at) as [
      string,
      string,
      string,
      string,
      string,
    ];
    this.owners = chain.signers.slice(FIRST_TRADER, FIRST_TRADER + TRADERS);
    this.accounts = this.owners.flatMap((owner) => [accountId(BigInt(owner)), accountId(BigInt(owner), 1n)]);
  }

  static async start(regime: Regime): Promise<Pair> {
    const connection = await hre.network.create({ override: { initialDate: "2026-01-01T00:00:00Z" } });
    const defaults = await readParameters();
    const risk = { ...defaults.risk, maxMarkAge: 3_600, insuranceTargetBps: 2_000 };
    const chain = await Chain.deploy(
      connection,
      {
        tokenDecimals: 6,
        lpEpochSeconds: LP_EPOCH,
        insuranceEpochSeconds: INSURANCE_EPOCH,
        maxDrawPerDayBps: regime.maxDrawPerDayBps,
        minTranche: regime.minTranche,
        risk,
      },
      [],
    );
    const [genesis] = await chain.readAll([chain.read("pool", "GENESIS")]);
    const { keeperFloorCapCents: _cap, ...common } = risk;
    const exchange = new Exchange({
      risk: toModel(common) as RiskParams,
      pool: {
        seniorFloorBps: BigInt(defaults.seniorFloorBps),
        seniorWeightBps: BigInt(defaults.seniorWeightBps),
        juniorWeightBps: BigInt(defaults.juniorWeightBps),
        minTranche: regime.minTranche,
      },
      maxDrawPerDayBps: BigInt(regime.maxDrawPerDayBps),
      scale: 10n ** 12n,
      virtualShares: 10n ** 6n,
      // Deploying takes as long as it takes; from here on every second is the same in every run.
      now: genesis + 3_600n,
      lpEpochs: { genesis, length: BigInt(LP_EPOCH) },
      insuranceEpochs: { genesis, length: BigInt(INSURANCE_EPOCH) },
    });
    const pair = new Pair(chain, exchange);
    await pair.#fill(regime);
    return pair;
  }

  get now(): bigint {
    return this.exchange.state.now;
  }

  /** Something only the chain has to do, a second later. */
  async onChain(from: string, to: Parameters<Chain["send"]>[1], name: string, ...args: unknown[]): Promise<void> {
    this.exchange.advance(1n);
    const error = await this.chain.send(from, to, name, args, this.now);
    if (error !== undefined) throw new Error(`${to}.${name}: ${error}`);
  }

  /** `undefined`: the feed is dead. */
  async setPrice(market: number, price: bigint, isDead: boolean): Promise<void> {
    await this.onChain(this.governor, "prices", "setPrice", market, price);
    const wasDead = this.exchange.state.prices[market] === null;
    if (isDead !== wasDead) await this.onChain(this.governor, "prices", "setDead", market, isDead);
    this.exchange.setPrice(market, isDead ? null : price);
  }

  /** Shares that were settled for deposits, handed over. */
  async claimShares(): Promise<void> {
    for (const [tranche, owner] of [
      ["senior", this.lp],
      ["junior", this.lp],
      ["insurance", this.staker],
    ] as const) {
      const [waiting] = await this.chain.readAll([this.chain.read(tranche, "maxDeposit", owner)]);
      if (waiting > 0n) {
        await this.onChain(owner, tranche, "deposit(uint256,address,address)", waiting, owner, owner);
      }
    }
  }

  /** Money for everybody, markets, and both kinds of capital through one epoch. */
  async #fill(regime: Regime): Promise<void> {
    const { exchange, chain } = this;
    for (const signer of [this.lp, this.staker, ...this.owners]) {
      await this.onChain(signer, "token", "mint", signer, 10n ** 15n);
      await this.onChain(signer, "token", "approve", chain.addresses.vault, 2n ** 256n - 1n);
    }
    for (const [id, { params, price }] of regime.markets.entries()) {
      await this.onChain(this.governor, "prices", "setPrice", id, price);
      await this.onChain(this.governor, "oracle", "setSource", id, chain.addresses.prices);
      await this.onChain(this.governor, "clearinghouse", "listMarket", params);
      exchange.listMarket(toModel(params) as MarketParams);
      await this.onChain(this.governor, "clearinghouse", "setMarketState", id, 0);
      exchange.setPrice(id, price);
    }
    for (const [name, usd] of [
      ["senior", regime.senior],
      ["junior", regime.junior],
    ] as const) {
      const amount = wad(usd) / exchange.state.scale;
      await this.onChain(this.lp, name, "requestDeposit", amount, this.lp, this.lp);
      exchange.lpRequestDeposit(name, amount);
    }
    const amount = wad(regime.insurance) / exchange.state.scale;
    await this.onChain(this.staker, "insurance", "requestDeposit", amount, this.staker, this.staker);
    exchange.fundRequestDeposit(amount);

    exchange.advance(2n * BigInt(INSURANCE_EPOCH));
    await this.onChain(this.keeper, "pool", "recordEpoch");
    exchange.lpRecord();
    await this.onChain(this.keeper, "insurance", "recordEpoch");
    exchange.fundRecord();
    exchange.advance(1_800n);
    await this.onChain(this.keeper, "pool", "settleEpoch");
    exchange.lpSettle();
    await this.onChain(this.keeper, "insurance", "settleEpoch");
    exchange.fundSettle();
    await this.claimShares();
    for (const [index, account] of this.accounts.entries()) {
      const margin = 1_000_000_000n + BigInt(index) * 770_000_001n;
      await this.onChain(this.owners[index >> 1] as string, "clearinghouse", "deposit", account, margin);
      exchange.deposit(account, margin);
    }
  }
}
