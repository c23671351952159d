import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import type { ContractTransactionResponse } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";
import type { MockAggregator } from "../../typechain-types/index.ts";
import { accountId, type MarketParams, MarketState, WAD, World, wad } from "../shared/world.ts";

const PRICE = wad(100_000);

/** A market as it would be listed: fees, funding, impact, bonds and volatility margin on. */
const MARKET: MarketParams = {
  skewScaleBase: wad(100_000),
  maxPositionBase: wad(50),
  imrBps: 200,
  volFactorBps: 20_000,
  slopeBpsPerMillion: 1,
  feeBps: 5,
  maxFundingBps: 10,
  keeperWindow: 60,
  reserveFactorBps: 10_000,
  poolShareBps: 10_000,
  riskWeightBps: 10_000,
  minNotionalCents: 100_000,
};

/** Gas used by each operation once, in the order of the report, in a warm system: four markets with open interest, a funded pool, a real feed. */
export async function measureGas(connection: NetworkConnection): Promise<Record<string, number>> {
  const world = await World.deploy(connection);
  const { system } = world;
  const [, , lp, maker, alice, bob, keeper, carol] = (await connection.ethers.getSigners()) as [
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
  ];
  await world.seed(lp, { senior: wad(4_000_000), junior: wad(1_000_000), insurance: wad(100_000) });

  const feeds: MockAggregator[] = [];
  for (let i = 0; i < 4; i++) {
    const feed = (await connection.ethers.deployContract("MockAggregator", [
      8,
      PRICE / 10n ** 10n,
    ])) as unknown as MockAggregator;
    await system.clearinghouse.listMarket(MARKET);
    await system.chainlink.setFeed(i, feed, 86_400, WAD, wad(10_000_000));
    await system.oracle.setSource(i, system.chainlink);
    await system.clearinghouse.setMarketState(i, MarketState.Open);
    feeds.push(feed);
  }
  const setPrice = async (market: number, price: bigint) => feeds[market]?.pushAnswer(price / 10n ** 10n);
  const used = async (sent: Promise<ContractTransactionResponse>): Promise<number> =>
    Number((await (await sent).wait())?.gasUsed ?? 0n);
  // By the clock of the chain, not of the machine: which volatility word is written depends on the minute.
  const tick = async () => {
    const { timestamp } = (await connection.ethers.provider.getBlock("latest")) as { timestamp: number };
    const minute = (Math.floor(timestamp / 60) + 1) * 60;
    await connection.provider.request({ method: "evm_setNextBlockTimestamp", params: [minute + 40] });
    await system.clearinghouse.markAll();
    await connection.provider.request({ method: "evm_setNextBlockTimestamp", params: [minute + 70] });
    await connection.provider.request({ method: "evm_mine", params: [] });
  };

  const report: Record<string, number> = {};
  const makers = await world.fund(maker, wad(1_000_000));
  const others = await world.fund(carol, wad(1_000_000), 1n);
  for (let i = 0; i < 4; i++) {
    await world.trade(maker, makers, i, wad(i % 2 === 0 ? 5 : -5));
    await world.trade(carol, others, i, wad(i % 2 === 0 ? -2 : 2));
  }
  // An hour of windows, so that no volatility word is written for the first time below.
  for (let i = 0; i < 13; i++) await tick();

  const aliceId = accountId(alice.address);
  await system.token.mint(alice.address, world.native(wad(1_000_000)));
  await system.token.connect(alice).approve(system.vault, 2n ** 256n - 1n);
  const as = system.clearinghouse.connect(alice);
  report.depositNew = await used(as.deposit(aliceId, world.native(wad(30_000))));
  report.depositExisting = await used(as.deposit(aliceId, world.native(wad(30_000))));
  report.withdraw = await used(as.withdraw(aliceId, world.native(wad(10_000))));

  report.executeOpen = await used(world.trade(alice, aliceId, 0, wad(-2)));
  await tick();
  report.executeIncrease = await used(world.trade(alice, aliceId, 0, wad(-1)));
  await tick();
  report.executeReduce = await used(world.trade(alice, aliceId, 0, wad(1)));
  await tick();
  report.executeClose = await used(world.trade(alice, aliceId, 0, wad(2)));

  const bobId = await world.fund(bob, wad(50_000));
  await world.trade(bob, bobId, 1, wad(5));
  const carolId = await world.fund(carol, wad(30_000));
  await world.trade(carol, carolId, 1, wad(-4));
  await tick();
  report.mark = await used(system.clearinghouse.mark(0));
  report.settle = await used(system.clearinghouse.settle(bobId));

  // Somebody has liquidated before, so the keeper's fee slot exists.
  const first = await world.fund(alice, wad(12_000), 1n);
  await world.trade(alice, first, 1, wad(2));
  await setPrice(1, wad(94_700));
  await tick();
  await system.clearinghouse.connect(keeper).liquidate(first);

  await setPrice(1, wad(90_800));
  await tick();
  report.liquidate = await used(system.clearinghouse.connect(keeper).liquidate(bobId));

  // A gap through insurance (its daily limit is half of 100,000) into junior; matched, because shorts hold the profit.
  const small = await world.fund(alice, wad(1_500), 3n);
  await world.trade(alice, small, 3, wad("0.05"));
  await setPrice(3, wad(60_000));
  await system.clearinghouse.connect(keeper).liquidate(small);
  const dave = await world.fund(alice, wad(100_000), 2n);
  const erin = await world.fund(alice, wad(100_000), 4n);
  await setPrice(2, PRICE);
  await world.trade(alice, dave, 2, wad(10));
  await world.trade(alice, erin, 2, wad(10));
  await world.trade(maker, makers, 2, wad(-30));
  await tick();
  await setPrice(2, wad(80_000));
  await world.advance(30);
  // The first loss of a tranche ever opens its book of claims; the next one, a day later, writes into it.
  report.liquidateFirstLoss = await used(system.clearinghouse.connect(keeper).liquidate(dave));
  await world.advance(86_400);
  for (let i = 0; i < 4; i++) await setPrice(i, [PRICE, wad(90_800), wad(80_000), wad(60_000)][i] ?? PRICE);
  await tick();
  report.liquidateBadDebt = await used(system.clearinghouse.connect(keeper).liquidate(erin));
  for (let back = 0n; back < 2n; back++) {
    const incident = await system.waterfall.incident((await system.waterfall.incidentCount()) - back);
    if (incident.insurance === 0n || incident.junior === 0n) {
      throw new Error("a measured liquidation did not reach insurance and junior");
    }
  }

  await system.token.mint(lp.address, world.native(wad(1_000_000)));
  report.lpRequest = await used(
    system.junior.connect(lp).requestDeposit(world.native(wad(10_000)), lp.address, lp.address),
  );
  report.lpRequestRedeem = await used(
    system.senior.connect(lp).requestRedeem((await system.senior.balanceOf(lp.address)) / 100n, lp.address, lp.address),
  );
  await world.advance(2n * (await system.pool.EPOCH_LENGTH()));
  for (let i = 0; i < 4; i++) await setPrice(i, [PRICE, wad(90_800), wad(80_000), wad(60_000)][i] ?? PRICE);
  report.epochRecord = await used(system.pool.recordEpoch());
  await world.advance(1_801n);
  report.epochSettle = await used(system.pool.settleEpoch());
  report.lpClaim = await used(
    system.junior
      .connect(lp)
      ["deposit(uint256,address,address)"](await system.junior.maxDeposit(lp.address), lp.address, lp.address),
  );
  report.lpClaimRedeem = await used(
    system.senior.connect(lp).redeem(await system.senior.maxRedeem(lp.address), lp.address, lp.address),
  );
  return report;
}
