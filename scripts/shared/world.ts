import type { Signer } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";
import { deploySystem, type RiskParams, type System, type SystemParameters } from "./deploySystem.ts";

export const WAD = 10n ** 18n;
export const NO_IMPACT = 2n ** 128n - 1n;

/** USD or base units as WAD; accepts up to 18 decimals. */
export function wad(value: number | string): bigint {
  const [whole = "0", fraction = ""] = String(value).split(".");
  const sign = whole.startsWith("-") ? -1n : 1n;
  return BigInt(whole) * WAD + sign * BigInt(fraction.padEnd(18, "0").slice(0, 18));
}

/** `MarketParams` of `contracts/types/Market.sol`. */
export type MarketParams = {
  skewScaleBase: bigint;
  maxPositionBase: bigint;
  imrBps: number;
  volFactorBps: number;
  slopeBpsPerMillion: number;
  feeBps: number;
  maxFundingBps: number;
  keeperWindow: number;
  reserveFactorBps: number;
  poolShareBps: number;
  riskWeightBps: number;
  minNotionalCents: number;
};

/** Fees, funding, impact, bonds and caps off: the setting of the worked numbers. */
export const PLAIN_MARKET: MarketParams = {
  skewScaleBase: NO_IMPACT,
  maxPositionBase: wad(1_000_000),
  imrBps: 200,
  volFactorBps: 0,
  slopeBpsPerMillion: 0,
  feeBps: 0,
  maxFundingBps: 0,
  keeperWindow: 60,
  reserveFactorBps: 1_000_000,
  poolShareBps: 1_000_000,
  riskWeightBps: 10_000,
  minNotionalCents: 100_000,
};

export const PLAIN_RISK: Partial<RiskParams> = {
  penaltyBps: 0,
  keeperFloorCents: 0,
  keeperFloorCapCents: 0,
  insuranceFeeMinBps: 0,
  insuranceFeeMaxBps: 0,
  treasuryFeeBps: 0,
};

export const MarketState = { Open: 0n, ReduceOnly: 1n, Halted: 2n, Settled: 3n } as const;

/** Ledgers in the order of `contracts/types/Ledger.sol`. */
export const LEDGERS = ["margin", "cash", "insurance", "pendingPnl", "queue", "recovery", "orders", "fees"] as const;

/** `owner ‖ sub-account`. */
export function accountId(owner: string, sub = 0n): bigint {
  return (BigInt(owner) << 96n) | sub;
}

/** A deployed system with the few gestures that tests, the demo and the gas report all need. */
export class World {
  readonly connection: NetworkConnection;
  readonly system: System;
  readonly scale: bigint;

  private constructor(connection: NetworkConnection, system: System, scale: bigint) {
    this.connection = connection;
    this.system = system;
    this.scale = scale;
  }

  static async deploy(
    connection: NetworkConnection,
    overrides: Partial<Omit<SystemParameters, "risk">> & { risk?: Partial<RiskParams> } = {},
    isTwoStep = false,
  ): Promise<World> {
    const system = await deploySystem(connection, overrides, isTwoStep);
    return new World(connection, system, await system.vault.SCALE());
  }

  /** USD WAD to native token units, floored. */
  native(usd: bigint): bigint {
    return usd / this.scale;
  }

  async setPrice(market: number, price: bigint): Promise<void> {
    await this.system.prices.setPrice(market, price);
  }

  /** Lists and opens a market at a price; returns its id. */
  async listMarket(params: MarketParams, price: bigint): Promise<number> {
    const { clearinghouse, oracle, prices } = this.system;
    const id = Number(await clearinghouse.marketCount());
    await prices.setPrice(id, price);
    await oracle.setSource(id, prices);
    await clearinghouse.listMarket(params);
    await clearinghouse.setMarketState(id, MarketState.Open);
    return id;
  }

  /** Mints and deposits margin. */
  async fund(signer: Signer, usd: bigint, sub = 0n): Promise<bigint> {
    const { token, vault, clearinghouse } = this.system;
    const id = accountId(await signer.getAddress(), sub);
    await token.mint(await signer.getAddress(), this.native(usd));
    await token.connect(signer).approve(vault, 2n ** 256n - 1n);
    await clearinghouse.connect(signer).deposit(id, this.native(usd));
    return id;
  }

  /** Trades through the direct executor; any price is acceptable unless given. */
  async trade(signer: Signer, account: bigint, market: number, delta: bigint, acceptable?: bigint) {
    const limit = acceptable ?? (delta > 0n ? 2n ** 200n : 0n);
    return this.system.executor.connect(signer).trade(account, market, delta, limit);
  }

  /**
   * Puts liquidity in through the epochs, as anybody would: request, wait, record, wait, settle, claim. Moves time on by
   * two epochs of each kind.
   */
  async seed(signer: Signer, amounts: { senior?: bigint; junior?: bigint; insurance?: bigint }): Promise<void> {
    const { token, vault, senior, junior, insurance, pool } = this.system;
    const owner = await signer.getAddress();
    await token.mint(owner, this.native((amounts.senior ?? 0n) + (amounts.junior ?? 0n) + (amounts.insurance ?? 0n)));
    await token.connect(signer).approve(vault, 2n ** 256n - 1n);
    for (const [shares, usd] of [
      [senior, amounts.senior],
      [junior, amounts.junior],
      [insurance, amounts.insurance],
    ] as const) {
      if (usd) await shares.connect(signer).requestDeposit(this.native(usd), owner, owner);
    }
    if (amounts.senior || amounts.junior) {
      await this.advance(2n * (await pool.EPOCH_LENGTH()));
      await this.settleLpEpoch();
    }
    if (amounts.insurance) {
      await this.advance(2n * (await insurance.EPOCH_LENGTH()));
      await insurance.recordEpoch();
      await this.advance(1_801n);
      await insurance.settleEpoch();
    }
    for (const [shares, usd] of [
      [senior, amounts.senior],
      [junior, amounts.junior],
      [insurance, amounts.insurance],
    ] as const) {
      if (!usd) continue;
      const claimable = await shares.maxDeposit(owner);
      if (claimable > 0n) await shares.connect(signer)["deposit(uint256,address,address)"](claimable, owner, owner);
    }
  }

  /** Records and settles the epoch that has just ended. */
  async settleLpEpoch(): Promise<void> {
    await this.system.pool.recordEpoch();
    await this.advance(1_801n);
    await this.system.pool.settleEpoch();
  }

  async advance(seconds: bigint | number): Promise<void> {
    await this.connection.provider.request({ method: "evm_increaseTime", params: [Number(seconds)] });
    await this.connection.provider.request({ method: "evm_mine", params: [] });
  }

  /** Every ledger by name, USD WAD, with what the vault really holds. */
  async ledgers(): Promise<Record<(typeof LEDGERS)[number], bigint> & { held: bigint; sum: bigint }> {
    const balances = await this.system.vault.balances();
    const named = Object.fromEntries(LEDGERS.map((name, i) => [name, balances[i] ?? 0n]));
    const sum = balances.reduce((total, value) => total + value, 0n);
    return { ...(named as Record<(typeof LEDGERS)[number], bigint>), held: await this.system.vault.held(), sum };
  }
}
