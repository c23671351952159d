import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { AbiCoder, type ContractTransactionResponse } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";
import type { MockAggregator } from "../../typechain-types/index.ts";
import { accountId, type MarketParams, MarketState, NO_IMPACT, PLAIN_MARKET, WAD, World, wad } from "../shared/world.ts";
import { CrowdedMarket, sizeFor, tickPrice } from "./crowd.ts";

/** As much as one transaction may have (EIP-7825). */
const MAX_GAS = 16_777_216n;
/** What a keeper sends with a batch: it executes what fits and skips the rest. */
export const BATCH_GAS = 8_000_000n;

const MARKETS = 32;
const POSITIONS = 8;
const EPOCHS = 64;
const EVENTS = 64;
const PRICE = wad(1_000);

const MARKET: MarketParams = {
  ...PLAIN_MARKET,
  skewScaleBase: wad(10_000_000),
  maxPositionBase: wad(10_000),
  feeBps: 5,
  maxFundingBps: 10,
  volFactorBps: 20_000,
  slopeBpsPerMillion: 1,
};

type Sent = Promise<ContractTransactionResponse>;
export type WorstGas = Record<string, number>;

/** Each function once, with as much to do as it can be given. */
export async function measureWorst(connect: () => Promise<NetworkConnection>): Promise<{ worst: WorstGas }> {
  const worst: WorstGas = {};
  for (const measure of [fullMarkets, fullEpochs, missedEvents]) {
    const connection = await connect();
    await measure(connection, worst);
    await connection.close();
  }
  return { worst };
}

async function used(sent: Sent): Promise<number> {
  const receipt = await (await sent).wait();
  return Number(receipt?.gasUsed ?? 0n);
}

/** Does something and undoes it. */
async function aside(connection: NetworkConnection, what: () => Promise<void>): Promise<void> {
  const id = await connection.provider.request({ method: "evm_snapshot", params: [] });
  await what();
  await connection.provider.request({ method: "evm_revert", params: [id] });
}

// ----------------------------------------------------------------------- 32 markets, an account with 8 positions, orders

async function fullMarkets(connection: NetworkConnection, worst: WorstGas): Promise<void> {
  const world = await World.deploy(connection, { maxDrawPerDayBps: 10_000 }, true);
  const { token, vault, clearinghouse, orders, pool, chainlink, oracle, senior, junior } = world.system;
  const [, , lp, maker, alice, keeper] = (await connection.ethers.getSigners()) as HardhatEthersSigner[] &
    Record<2 | 3 | 4 | 5, HardhatEthersSigner>;
  await world.seed(lp, { senior: wad(400_000), junior: wad(1_000_000), insurance: wad(50_000) });

  const feeds: MockAggregator[] = [];
  for (let i = 0; i < MARKETS; i++) {
    const deployed = await connection.ethers.deployContract("MockAggregator", [8, PRICE / 10n ** 10n]);
    const feed = deployed as unknown as MockAggregator;
    await clearinghouse.listMarket(MARKET);
    await chainlink.setFeed(i, feed, 172_800, 1n, wad(10_000_000));
    await oracle.setSource(i, chainlink);
    await clearinghouse.setMarketState(i, MarketState.Open);
    feeds.push(feed);
  }
  const setPrices = async (price: (market: number) => bigint) => {
    for (const [i, feed] of feeds.entries()) await feed.pushAnswer(price(i) / 10n ** 10n);
  };
  const place = async (signer: HardhatEthersSigner, account: bigint, market: number, sizeDelta: bigint, kind = 0) => {
    const { timestamp } = (await connection.ethers.provider.getBlock("latest"))!;
    const request = {
      account,
      market,
      kind,
      sizeDelta,
      acceptablePrice: sizeDelta > 0n ? 2n ** 128n : 0n,
      triggerPrice: kind === 0 ? 0n : PRICE * 10n ** 3n,
      deadline: timestamp + 3_600,
      isReduceOnly: false,
    };
    const gas = await used(orders.connect(signer).submit(request));
    return { id: await orders.orderCount(), gas };
  };
  /** The proof of the round that has just been pushed. */
  const nextRound = async (market: number): Promise<string> => {
    await world.advance(5);
    const [, answer] = await feeds[market]!.latestRoundData();
    await feeds[market]!.pushAnswer(answer);
    return AbiCoder.defaultAbiCoder().encode(["uint80"], [await feeds[market]!.latestRound()]);
  };
  const trade = async (signer: HardhatEthersSigner, account: bigint, market: number, size: bigint) => {
    const { id } = await place(signer, account, market, size);
    return used(orders.connect(keeper).execute(id, await nextRound(market)));
  };

  // Somebody on the other side of every market, eight to an account; the account itself is in the last eight.
  for (let n = 0; n < MARKETS / POSITIONS; n++) {
    const other = await world.fund(maker, wad(100_000), BigInt(n));
    await token.mint(maker, world.native(wad(1_000)));
    for (let i = 0; i < POSITIONS; i++) {
      await clearinghouse.markAll();
      await trade(maker, other, n * POSITIONS + i, wad(i % 2 === 0 ? -50 : 50));
    }
  }
  const account = await world.fund(alice, wad(60_000));
  await token.mint(alice, world.native(wad(100_000)));
  for (let i = 0; i < POSITIONS; i++) {
    await clearinghouse.markAll();
    await trade(alice, account, MARKETS - POSITIONS + i, wad(i % 2 === 0 ? 50 : -50));
  }
  // An hour of windows, so that every volatility word is full.
  for (let i = 0; i < 13; i++) {
    await world.advance(60);
    await clearinghouse.markAll();
  }
  const as = clearinghouse.connect(alice);
  const measure = (name: string, what: () => Promise<number>): Promise<void> =>
    aside(connection, async () => {
      await world.advance(61);
      worst[name] = await what();
    });
  /** Every position of the account loses this much of 1,000. */
  const lose = (usd: number) =>
    setPrices((i) => (i < MARKETS - POSITIONS ? PRICE : PRICE + (i % 2 === 0 ? -wad(usd) : wad(usd))));

  await measure("deposit", () => used(as.deposit(account, 1_000_000n)));
  await measure("withdraw", () => used(as.withdraw(account, 1_000_000n)));
  await measure("transferMargin", () => used(as.transferMargin(account, accountId(alice.address, 9n), wad(1))));
  await measure("mark", () => used(clearinghouse.mark(31)));
  await measure("markAll", () => used(clearinghouse.markAll()));
  await measure("settle", async () => {
    await lose(10);
    return used(clearinghouse.settle(account));
  });
  await measure("submit", async () => (await place(alice, account, 31, wad(1), 1)).gas);
  await measure("cancel", async () => {
    const { id } = await place(alice, account, 31, wad(1), 1);
    return used(orders.connect(alice).cancel(id));
  });
  await measure("execute", async () => {
    await clearinghouse.markAll();
    return trade(alice, account, 31, wad(-75));
  });
  await measure("executeFlip", async () => {
    await clearinghouse.markAll();
    return trade(alice, account, 31, wad(110));
  });
  await measure("executeBatch", async () => {
    const ids: bigint[] = [];
    for (let i = 0; i < 32; i++) ids.push((await place(alice, account, 31, wad(-1))).id);
    await clearinghouse.markAll();
    const proof = await nextRound(31);
    return used(orders.connect(keeper).executeBatch(ids, Array(32).fill(proof), { gasLimit: BATCH_GAS }));
  });
  await measure("liquidatePart", async () => {
    await lose(145);
    return used(clearinghouse.connect(keeper).liquidate(account, { gasLimit: MAX_GAS }));
  });
  await measure("liquidateAll", async () => {
    await lose(400);
    return used(clearinghouse.connect(keeper).liquidate(account, { gasLimit: MAX_GAS }));
  });
  await measure("liquidateDead", async () => {
    await lose(400);
    for (const feed of feeds.slice(MARKETS - POSITIONS + 1)) await feed.setBurningGas(true);
    await feeds[MARKETS - POSITIONS]!.pushAnswer(1n);
    return used(clearinghouse.connect(keeper).liquidate(account, { gasLimit: MAX_GAS }));
  });
  await measure("setMarketParams", () => used(clearinghouse.setMarketParams(31, { ...MARKET, feeBps: 6 })));
  await measure("setRiskParams", async () => used(clearinghouse.setRiskParams({ ...(await riskOf(world)), penaltyBps: 51 })));

  // The marks of all others are old, 31 feeds burn what they are given; the second call goes on.
  await measure("deleverageAsks", async () => {
    await clearinghouse.setMarketParams(0, { ...MARKET, skewScaleBase: NO_IMPACT, poolShareBps: 100 });
    await world.advance(400);
    for (const feed of feeds.slice(1)) await feed.setBurningGas(true);
    await feeds[0]!.pushAnswer((PRICE * 9n) / 10n / 10n ** 10n);
    const most: number[] = [];
    for (let i = 0; i < 4; i++) {
      const sent = clearinghouse.connect(keeper).deleverage(0, { gasLimit: MAX_GAS });
      const gas = await used(sent).catch(() => 0);
      most.push(gas);
      if (gas === 0) break;
    }
    if (most.length < 3) throw new Error("31 feeds that burn gas were asked in one call");
    return Math.max(...most);
  });

  // 64 epochs of requests of every kind in both tranches, settled in one call.
  const epoch = await pool.EPOCH_LENGTH();
  for (const shares of [senior, junior]) await shares.connect(lp).setOperator(keeper, true);
  await token.mint(lp, world.native(wad(1_000_000)));
  for (let i = 0; i < EPOCHS; i++) {
    for (const shares of [senior, junior]) {
      await shares.connect(lp).requestDeposit(world.native(wad(10)), lp, lp);
      await shares.connect(lp).requestRedeem(10n ** 24n, lp, lp);
    }
    await world.advance(epoch);
  }
  await world.advance(epoch);
  await setPrices(() => PRICE);
  worst.recordEpoch = await used(pool.recordEpoch());
  await world.advance(1_801);
  await setPrices(() => PRICE);
  worst.settleEpoch = await used(pool.settleEpoch({ gasLimit: MAX_GAS }));
  // Whoever asked in each of them: the walk before a new request.
  await measure("requestDeposit", () => used(senior.connect(lp).requestDeposit(1_000_000n, lp, lp)));
  await measure("requestRedeem", () => used(senior.connect(lp).requestRedeem(10n ** 24n, lp, lp)));
  await measure("reset", async () => {
    await lose(400);
    await clearinghouse.connect(keeper).liquidate(account, { gasLimit: MAX_GAS });
    for (let i = 0; i < 2; i++) await world.advance(43_300);
    await setPrices((i) => PRICE + (i % 2 === 0 ? -wad(400) : wad(400)));
    return used(pool.reset({ gasLimit: MAX_GAS })).catch(() => 0);
  });
  void vault;
  void WAD;
}

async function riskOf({ system }: World) {
  const risk = await system.clearinghouse.riskParams();
  return (risk as unknown as { toObject(): Parameters<typeof system.clearinghouse.setRiskParams>[0] }).toObject() as never as Record<string, bigint> as never;
}

// -------------------------------------------------------------------------- 64 epochs, each filled, losses in between

async function fullEpochs(connection: NetworkConnection, worst: WorstGas): Promise<void> {
  const world = await World.deploy(connection, { maxDrawPerDayBps: 10_000 });
  const { token, clearinghouse, pool, senior, junior, insurance } = world.system;
  const [, , lp, maker, alice, other] = (await connection.ethers.getSigners()) as HardhatEthersSigner[] &
    Record<2 | 3 | 4 | 5, HardhatEthersSigner>;
  await world.seed(lp, { senior: wad(400_000), junior: wad(1_000_000), insurance: wad(50_000) });
  await world.listMarket({ ...PLAIN_MARKET, maxPositionBase: wad(10_000) }, wad(100_000));
  for (const who of [lp, other]) {
    await token.mint(who, world.native(wad(1_000_000)));
    await token.connect(who).approve(await clearinghouse.VAULT(), 2n ** 256n - 1n);
  }
  const short = await world.fund(maker, wad(1_000_000));
  /** Insurance is gone and junior pays. */
  const crash = async (sub: bigint) => {
    await world.setPrice(0, wad(100_000));
    const long = await world.fund(alice, wad(2_100), sub);
    await world.trade(alice, long, 0, wad(1));
    await world.trade(maker, short, 0, wad(-1));
    await world.setPrice(0, wad(20_000));
    await clearinghouse.liquidate(long);
    await world.trade(maker, short, 0, wad(1));
  };
  const all = [senior, junior, insurance] as const;
  const [fund, day] = [await insurance.EPOCH_LENGTH(), await pool.EPOCH_LENGTH()];
  await crash(1n);
  await crash(2n);
  for (let i = 0; i < EPOCHS; i++) {
    for (const shares of all) {
      await shares.connect(lp).requestDeposit(world.native(wad(10)), lp, lp);
      await shares.connect(lp).requestRedeem(10n ** 23n, lp, lp);
    }
    await world.advance(fund);
    if (i % 16 === 8) await crash(BigInt(10 + i));
    await pool.recordEpoch();
    await insurance.recordEpoch();
    await world.advance(day > 1_801n ? 1_801 : day);
    await pool.settleEpoch();
    await insurance.settleEpoch();
  }
  await token.mint(other, world.native(wad(10_000_000)));
  await clearinghouse.connect(other).recover(world.native(wad(100_000)));
  const as = junior.connect(lp);
  const measure = (name: string, what: () => Promise<number>): Promise<void> =>
    aside(connection, async () => {
      worst[name] = await what();
    });
  await measure("shares.deposit", () => used(as["deposit(uint256,address,address)"](1_000_000n, lp, lp)));
  await measure("shares.mint", () => used(as["mint(uint256,address,address)"](10n ** 20n, lp, lp)));
  await measure("shares.redeem", () => used(as.redeem(10n ** 20n, lp, lp)));
  await measure("shares.withdraw", () => used(as.withdraw(1_000_000n, lp, lp)));
  await measure("shares.requestDeposit", () => used(as.requestDeposit(1_000_000n, lp, lp)));
  await measure("shares.requestRedeem", () => used(as.requestRedeem(10n ** 20n, lp, lp)));
  await measure("shares.transfer", () => used(as.transfer(other, 10n ** 20n)));
  await measure("shares.claimRecovery", () => used(junior.connect(other).claimRecovery(lp)));
  await measure("shares.cancelDeposit", async () => {
    await as.requestDeposit(1_000_000n, lp, lp);
    return used(as.cancelDeposit((await junior.currentEpoch()) + 1n, 1_000_000n, lp));
  });
  await measure("recover", () => used(clearinghouse.connect(other).recover(world.native(wad(1_000)))));

  // The fund's own: 64 epochs of requests in one settlement.
  for (let i = 0; i < EPOCHS; i++) {
    await insurance.connect(lp).requestDeposit(world.native(wad(10)), lp, lp);
    await insurance.connect(lp).requestRedeem(10n ** 20n, lp, lp);
    await world.advance(fund);
  }
  await world.advance(fund);
  worst["insurance.recordEpoch"] = await used(insurance.recordEpoch());
  await world.advance(1_801);
  worst["insurance.settleEpoch"] = await used(insurance.settleEpoch({ gasLimit: MAX_GAS }));
}

// ---------------------------------------------------------------- positions that have missed 64 haircuts in eight markets

async function missedEvents(connection: NetworkConnection, worst: WorstGas): Promise<void> {
  const market = await CrowdedMarket.deploy(connection, 100_000);
  const { world } = market;
  const { clearinghouse, prices } = world.system;
  const [, , , keeper, alice] = (await connection.ethers.getSigners()) as HardhatEthersSigner[] &
    Record<3 | 4, HardhatEthersSigner>;
  for (let i = 1; i < POSITIONS; i++) {
    await world.listMarket({ ...MARKET, reserveFactorBps: 1_000_000, poolShareBps: 1_000_000 }, tickPrice(0));
  }
  const account = await world.fund(alice, wad(60_000));
  for (let i = 0; i < POSITIONS; i++) {
    await clearinghouse.markAll();
    await world.trade(alice, account, i, sizeFor(11_500, tickPrice(0)));
  }
  let price = tickPrice(0) * 8n;
  for (let round = 0; round < EVENTS; round++) {
    for (let i = 0; i < POSITIONS; i++) await prices.setPrice(i, price);
    for (let i = 0; i < POSITIONS; i++) {
      // The last of a round may find nothing left to do.
      await clearinghouse.connect(keeper).deleverage(i, { gasLimit: MAX_GAS }).catch(() => undefined);
    }
    price += price / 500n;
  }
  const missed = await Promise.all(
    Array.from({ length: POSITIONS }, async (_, i) => Number((await clearinghouse.replayed(account, i)).position.eventCursor)),
  );
  if (missed.some((count) => count < EVENTS - 4)) throw new Error(`positions missed ${missed} events`);
  for (let i = 0; i < 13; i++) {
    await world.advance(60);
    await clearinghouse.markAll();
  }
  const measure = (name: string, what: () => Promise<number>): Promise<void> =>
    aside(connection, async () => {
      await world.advance(61);
      worst[name] = await what();
    });
  await measure("replay64", () => used(clearinghouse.replay(account, 0, 64n)));
  await measure("executeMissed", async () =>
    used(world.trade(alice, account, 0, -(await clearinghouse.replayed(account, 0)).position.size)),
  );
  await measure("settleMissed", async () => {
    for (let i = 0; i < POSITIONS; i++) await prices.setPrice(i, (tickPrice(0) * 9n) / 10n);
    return used(clearinghouse.settle(account, { gasLimit: MAX_GAS }));
  });
  await measure("liquidateMissed", async () => {
    for (let i = 0; i < POSITIONS; i++) await prices.setPrice(i, tickPrice(0) / 10n);
    return used(clearinghouse.connect(keeper).liquidate(account, { gasLimit: MAX_GAS }));
  });
  await measure("claim", async () => {
    const [, , lp] = (await connection.ethers.getSigners()) as HardhatEthersSigner[] & Record<2, HardhatEthersSigner>;
    await world.system.token.mint(lp, world.native(wad(1_000)));
    for (let i = 0; i < POSITIONS; i++) await clearinghouse.replay(account, i, 64n);
    await clearinghouse.connect(lp).recover(world.native(wad(1_000)));
    return used(clearinghouse.claim(account));
  });
}
