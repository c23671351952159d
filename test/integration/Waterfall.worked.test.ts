import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { expect } from "chai";
import hre from "hardhat";
import { PLAIN_MARKET, PLAIN_RISK, World, wad } from "../../scripts/shared/world.ts";

type Row = {
  gap: number;
  deficit: string;
  forgone?: string;
  insurance: string;
  junior: string;
  senior: string;
  adl: string;
  equity: string;
  navs: [string, string];
};

/** The table of PROTOCOL section 9. */
const ROWS: Row[] = [
  {
    gap: 93_000,
    deficit: "10000",
    insurance: "10000",
    junior: "0",
    senior: "0",
    adl: "0",
    equity: "500000",
    navs: ["400000", "100000"],
  },
  {
    gap: 80_000,
    deficit: "140000",
    insurance: "49995",
    junior: "90005",
    senior: "0",
    adl: "0",
    equity: "409995",
    navs: ["400000", "9995"],
  },
  {
    gap: 60_000,
    deficit: "340000",
    insurance: "49995",
    junior: "100000",
    senior: "190005",
    adl: "0",
    equity: "209995",
    navs: ["209995", "0"],
  },
  {
    gap: 20_000,
    deficit: "740000",
    insurance: "49995",
    junior: "100000",
    senior: "380000",
    adl: "210005",
    equity: "20000",
    navs: ["20000", "0"],
  },
];

describe("Waterfall, worked numbers", function () {
  async function seededPool() {
    const connection = await hre.network.create();
    const world = await World.deploy(connection, {
      risk: PLAIN_RISK,
      maxDrawPerDayBps: 10_000,
      minTranche: 0n,
      seniorFloorBps: 500,
    });
    const signers = await connection.ethers.getSigners();
    const [, , lp, staker, alice, bob, carol, keeper] = signers as [
      HardhatEthersSigner,
      HardhatEthersSigner,
      HardhatEthersSigner,
      HardhatEthersSigner,
      HardhatEthersSigner,
      HardhatEthersSigner,
      HardhatEthersSigner,
      HardhatEthersSigner,
    ];
    await world.seed(staker, { insurance: wad(50_000) });
    await world.seed(lp, { senior: wad(400_000), junior: wad(100_000) });
    const btc = await world.listMarket(PLAIN_MARKET, wad(100_000));
    return { world, lp, staker, alice, bob, carol, keeper, btc };
  }

  it("seeds 50,000 / 100,000 / 400,000 with a floor of 20,000", async function () {
    const { world, alice, btc } = await seededPool();
    const account = await world.fund(alice, wad(60_000));
    await world.trade(alice, account, btc, wad(1));
    expect(await world.system.pool.equity()).to.equal(wad(500_000));
    expect(await world.system.pool.principal()).to.equal(wad(400_000));
    expect(await world.system.pool.floor()).to.equal(wad(20_000));
    expect((await world.ledgers()).insurance).to.equal(wad(50_000));
  });

  for (const row of ROWS) {
    it(`gap to ${row.gap.toLocaleString("en")}: every layer to the wei [C19]`, async function () {
      const { world, alice, bob, keeper, btc } = await seededPool();
      const { pool, waterfall, clearinghouse } = world.system;
      const long = await world.fund(alice, wad(60_000));
      const short = await world.fund(bob, wad(60_000));
      await world.trade(alice, long, btc, wad(10));
      await world.trade(bob, short, btc, wad(-10));

      await world.setPrice(btc, wad(row.gap));
      await expect(clearinghouse.connect(keeper).liquidate(long))
        .to.emit(waterfall, "DeficitAbsorbed")
        .withArgs(
          1n,
          long,
          wad(row.deficit),
          0n,
          wad(row.insurance),
          wad(row.junior),
          wad(row.senior),
          wad(row.adl),
          0n,
        );
      // A haircut is a fraction with 18 decimals, rounded up: of 800,000 of profit, 800,000 wei more at the most.
      const reserve = row.adl === "0" ? 0n : 800_001n;
      const [senior, junior] = await pool.navs();
      expect(await pool.equity()).to.be.within(wad(row.equity), wad(row.equity) + reserve);
      expect(senior).to.be.within(wad(row.navs[0]), wad(row.navs[0]) + reserve);
      expect(junior).to.equal(wad(row.navs[1]));
      const ledgers = await world.ledgers();
      expect(ledgers.held).to.equal(ledgers.sum);
    });
  }

  it("writes senior down by a reset after the third row, once Bob has closed", async function () {
    const { world, alice, bob, keeper, btc } = await seededPool();
    const { pool, clearinghouse } = world.system;
    const long = await world.fund(alice, wad(60_000));
    const short = await world.fund(bob, wad(60_000));
    await world.trade(alice, long, btc, wad(10));
    await world.trade(bob, short, btc, wad(-10));
    await world.setPrice(btc, wad(60_000));
    await clearinghouse.connect(keeper).liquidate(long);
    await world.trade(bob, short, btc, wad(10));
    await pool.reset();
    expect(await pool.principal()).to.equal(wad("209974.0005"));
    expect(await pool.navs()).to.deep.equal([wad("209974.0005"), wad("20.9995")]);
  });

  describe("when the book is one-sided: Bob short 4, gap to 80,000", function () {
    it("forgoes 120,000 and takes 20,000 from insurance, for one account", async function () {
      const { world, alice, bob, btc } = await seededPool();
      const long = await world.fund(alice, wad(60_000));
      const short = await world.fund(bob, wad(60_000));
      await world.trade(alice, long, btc, wad(10));
      await world.trade(bob, short, btc, wad(-4));
      await world.setPrice(btc, wad(80_000));
      await world.system.clearinghouse.liquidate(long);
      const incident = await world.system.waterfall.incident(1n);
      expect([incident.forgone, incident.insurance, incident.junior]).to.deep.equal([wad(120_000), wad(20_000), 0n]);
      expect(await world.system.pool.equity()).to.equal(wad(500_000));
    });

    it("splits the same for ten accounts", async function () {
      const { world, alice, bob, btc } = await seededPool();
      const parts: bigint[] = [];
      for (let i = 0n; i < 10n; i++) {
        const part = await world.fund(alice, wad(6_000), i);
        await world.trade(alice, part, btc, wad(1));
        parts.push(part);
      }
      const short = await world.fund(bob, wad(60_000));
      await world.trade(bob, short, btc, wad(-4));
      await world.setPrice(btc, wad(80_000));
      for (const part of parts) await world.system.clearinghouse.liquidate(part);
      const totals = { forgone: 0n, insurance: 0n };
      for (let i = 1n; i <= 10n; i++) {
        const incident = await world.system.waterfall.incident(i);
        totals.forgone += incident.forgone;
        totals.insurance += incident.insurance;
      }
      expect(totals).to.deep.equal({ forgone: wad(120_000), insurance: wad(20_000) });
      expect(await world.system.pool.equity()).to.equal(wad(500_000));
    });

    it("splits the same if Bob closes first", async function () {
      const { world, alice, bob, btc } = await seededPool();
      const long = await world.fund(alice, wad(60_000));
      const short = await world.fund(bob, wad(60_000));
      await world.trade(alice, long, btc, wad(10));
      await world.trade(bob, short, btc, wad(-4));
      await world.setPrice(btc, wad(80_000));
      await world.trade(bob, short, btc, wad(4));
      await world.system.clearinghouse.liquidate(long);
      const incident = await world.system.waterfall.incident(1n);
      expect([incident.forgone, incident.insurance]).to.deep.equal([wad(120_000), wad(20_000)]);
      expect(await world.system.pool.equity()).to.equal(wad(500_000));
    });

    it("splits the same if somebody opens a short of 6 just before", async function () {
      const { world, alice, bob, carol, btc } = await seededPool();
      const long = await world.fund(alice, wad(60_000));
      const short = await world.fund(bob, wad(60_000));
      const late = await world.fund(carol, wad(60_000));
      await world.trade(alice, long, btc, wad(10));
      await world.trade(bob, short, btc, wad(-4));
      await world.setPrice(btc, wad(80_000));
      await world.trade(carol, late, btc, wad(-6));
      await world.system.clearinghouse.liquidate(long);
      const incident = await world.system.waterfall.incident(1n);
      expect([incident.forgone, incident.insurance]).to.deep.equal([wad(120_000), wad(20_000)]);
      expect(await world.system.pool.equity()).to.equal(wad(500_000));
    });
  });
});
