import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { AbiCoder, type ContractTransactionResponse } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";
import type { MockAggregator } from "../../typechain-types/index.ts";
import { readParameters } from "../shared/deploySystem.ts";
import { accountId, type MarketParams, MarketState, NO_IMPACT, PLAIN_MARKET, World, wad } from "../shared/world.ts";
import { CrowdedMarket, sizeFor, tickPrice } from "./crowd.ts";

/** As much as one transaction may have (EIP-7825). */
const MAX_GAS = 16_777_216n;

const MARKETS = 32;
const POSITIONS = 8;
const EPOCHS = 64;
/** What one operation replays of a position; `replay` takes as many as it is told. */
const EVENTS = 48;
const MISSED = 64;
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
  for (const measure of [fullMarkets, fullFund, missedEvents]) {
    const connection = await connect();
    await measure(connection, worst);
    await connection.close();
  }
  return { worst };
}

/** The first two govern and collect. */
async function signersOf(connection: NetworkConnection) {
  type Signer = HardhatEthersSigner;
  const signers = (await connection.ethers.getSigners()) as HardhatEthersSigner[];
  return signers as unknown as [Signer, Signer, Signer, Signer, Signer, Signer, Signer];
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
  const [, , lp, maker, alice, keeper, carol] = await signersOf(connection);
  await world.seed(lp, { senior: wad(1_000_000), junior: wad(40_000), insurance: wad(50_000) });

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
  if ((await clearinghouse.account(account)).openMarkets !== 0xff000000n) throw new Error("not in eight markets");
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
    const most = Number(await orders.MAX_BATCH());
    for (let i = 0; i < most; i++) ids.push((await place(alice, account, 31, wad(-1))).id);
    await clearinghouse.markAll();
    const proof = await nextRound(31);
    return used(orders.connect(keeper).executeBatch(ids, Array(most).fill(proof), { gasLimit: MAX_GAS }));
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
    // What dead markets would lose does not count, so one has to be enough.
    await as.withdraw(account, world.native(wad(40_000)));
    for (const feed of feeds.slice(MARKETS - POSITIONS + 1)) await feed.setBurningGas(true);
    await feeds[MARKETS - POSITIONS]!.pushAnswer(1n);
    return used(clearinghouse.connect(keeper).liquidate(account, { gasLimit: MAX_GAS }));
  });
  await measure("setMarketParams", () => used(clearinghouse.setMarketParams(31, { ...MARKET, feeBps: 6 })));
  await measure("setRiskParams", async () => used(clearinghouse.setRiskParams((await readParameters()).risk)));

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

  // The loss reaches senior; its winners close, a day passes, and it is written down.
  await lose(400);
  await clearinghouse.connect(keeper).liquidate(account, { gasLimit: MAX_GAS });
  const winner = accountId(maker.address, BigInt(MARKETS / POSITIONS - 1));
  for (let i = 0; i < POSITIONS; i++) {
    await trade(maker, winner, MARKETS - POSITIONS + i, wad(i % 2 === 0 ? 50 : -50));
  }
  await world.advance(86_401);
  await lose(400);
  worst.reset = await used(pool.reset({ gasLimit: MAX_GAS }));

  // 64 epochs of requests of every kind in both tranches, settled in one call; then whoever asked in each of them comes.
  const epoch = await pool.EPOCH_LENGTH();
  for (const who of [lp, carol]) await token.mint(who, world.native(wad(1_000_000)));
  await token.connect(carol).approve(vault, 2n ** 256n - 1n);
  for (let i = 0; i < EPOCHS; i++) {
    for (const shares of [senior, junior]) {
      await shares.connect(lp).requestDeposit(world.native(wad(10)), lp, lp);
      await shares.connect(lp).requestRedeem(10n ** 20n, lp, lp);
    }
    await world.advance(epoch);
  }
  await world.advance(epoch);
  await lose(400);
  worst.recordEpoch = await used(pool.recordEpoch());
  await world.advance(1_801);
  worst.settleEpoch = await used(pool.settleEpoch({ gasLimit: MAX_GAS }));
  await measure("recover", () => used(clearinghouse.connect(carol).recover(world.native(wad(80_000)))));
  await clearinghouse.connect(carol).recover(world.native(wad(80_000)));

  const ours = senior.connect(lp);
  await measure("shares.requestDeposit", () => used(ours.requestDeposit(1_000_000n, lp, lp)));
  await measure("shares.requestRedeem", () => used(ours.requestRedeem(10n ** 20n, lp, lp)));
  await measure("shares.deposit", () => used(ours["deposit(uint256,address,address)"](1_000_000n, lp, lp)));
  await measure("shares.mint", () => used(ours["mint(uint256,address,address)"](10n ** 20n, lp, lp)));
  await measure("shares.redeem", () => used(ours.redeem(10n ** 20n, lp, lp)));
  await measure("shares.withdraw", () => used(ours.withdraw(100n, lp, lp)));
  await measure("shares.transfer", () => used(ours.transfer(carol, 10n ** 20n)));
  await measure("shares.claimRecovery", () => used(senior.connect(carol).claimRecovery(lp)));
  await measure("shares.cancelRedeem", async () => {
    await ours.requestRedeem(10n ** 20n, lp, lp);
    return used(ours.cancelRedeem((await senior.currentEpoch()) + 1n, 10n ** 20n, lp));
  });
  await measure("claimFees", () => used(clearinghouse.connect(keeper).claimFees()));
}

// ------------------------------------------------------------------------------- 64 epochs of requests in the fund

async function fullFund(connection: NetworkConnection, worst: WorstGas): Promise<void> {
  const world = await World.deploy(connection);
  const { insurance } = world.system;
  const [, , staker] = await signersOf(connection);
  await world.seed(staker, { insurance: wad(50_000) });
  await world.system.token.mint(staker, world.native(wad(10_000)));
  for (let i = 0; i < EPOCHS; i++) {
    await insurance.connect(staker).requestDeposit(world.native(wad(10)), staker, staker);
    await insurance.connect(staker).requestRedeem(10n ** 24n, staker, staker);
    await world.advance(await insurance.EPOCH_LENGTH());
  }
  await world.advance(await insurance.EPOCH_LENGTH());
  worst["insurance.recordEpoch"] = await used(insurance.recordEpoch());
  await world.advance(1_801);
  worst["insurance.settleEpoch"] = await used(insurance.settleEpoch({ gasLimit: MAX_GAS }));
  worst["insurance.redeem"] = await used(insurance.connect(staker).redeem(10n ** 24n, staker, staker));
}

// ---------------------------------------------------------------- positions that have missed 64 haircuts in eight markets

async function missedEvents(connection: NetworkConnection, worst: WorstGas): Promise<void> {
  const market = await CrowdedMarket.deploy(connection, 100_000);
  const { world } = market;
  const { clearinghouse, prices } = world.system;
  const [, , lp, keeper, alice] = await signersOf(connection);
  for (let i = 1; i < POSITIONS; i++) {
    await world.listMarket({ ...MARKET, reserveFactorBps: 1_000_000, poolShareBps: 1_000_000 }, tickPrice(0));
  }
  const account = await world.fund(alice, wad(60_000));
  for (let i = 0; i < POSITIONS; i++) {
    await clearinghouse.markAll();
    await world.trade(alice, account, i, sizeFor(11_500, tickPrice(0)));
  }
  const missed = () =>
    Promise.all(
      Array.from(
        { length: POSITIONS },
        async (_, i) => (await clearinghouse.replayed(account, i)).position.eventCursor,
      ),
    ).then((counts) => counts.map(Number));
  let price = tickPrice(0) * 8n;
  const missUpTo = async (events: number): Promise<void> => {
    while (Math.max(...(await missed())) < events) {
      for (let i = 0; i < POSITIONS; i++) await prices.setPrice(i, price);
      for (let i = 0; i < POSITIONS; i++) {
        // The last of a round may find nothing left to do.
        await clearinghouse
          .connect(keeper)
          .deleverage(i, { gasLimit: MAX_GAS })
          .catch(() => undefined);
      }
      price += price / 500n;
    }
    const fewest = Math.min(...(await missed()));
    if (fewest < events - 2) throw new Error(`a position missed only ${fewest} events`);
  };
  await missUpTo(EVENTS);
  for (let i = 0; i < 13; i++) {
    await world.advance(60);
    await clearinghouse.markAll();
  }
  const measure = (name: string, what: () => Promise<number>): Promise<void> =>
    aside(connection, async () => {
      await world.advance(61);
      worst[name] = await what();
    });
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
  await missUpTo(MISSED);
  await measure("replay", () => used(clearinghouse.replay(account, 0, MISSED, { gasLimit: MAX_GAS })));
  await measure("claim", async () => {
    await world.system.token.mint(lp, world.native(wad(1_000)));
    for (let i = 0; i < POSITIONS; i++) await clearinghouse.replay(account, i, MISSED);
    await clearinghouse.connect(lp).recover(world.native(wad(1_000)));
    return used(clearinghouse.claim(account));
  });
}
