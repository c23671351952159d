import { expect } from "chai";
import hre from "hardhat";
import { wad } from "../../scripts/shared/world.ts";
import { deleveraged, traded } from "./lensStage.ts";
import { fields } from "./stage.ts";

const connection = await hre.network.create();
const { networkHelpers } = connection;
const ALL = 2n ** 256n - 1n;

describe("Lens, incidents and claims", function () {
  describe("incidents", function () {
    it("shows the newest first, page by page", async function () {
      const { lens, world, clearinghouse, waterfall, alice, btc } = await networkHelpers.loadFixture(traded);
      const ids: bigint[] = [];
      for (let n = 1n; n <= 3n; n++) {
        const id = await world.fund(alice, wad(3_000), n);
        await clearinghouse.markAll();
        await world.trade(alice, id, btc, wad(1));
        ids.push(id);
      }
      expect((await lens.incidents(0, 10)).length).to.equal(0);
      await world.setPrice(btc, wad(96_000));
      for (const id of ids) await clearinghouse.liquidate(id);
      const page = await lens.incidents(0, 2);
      expect(page.map((incident) => incident.id)).to.deep.equal([3n, 2n]);
      expect(page[0]!.deficit).to.equal(wad(1_000));
      expect(fields(page[0]!.parts)).to.deep.equal(fields(await waterfall.incident(3)));
      expect((await lens.incidents(1, 10)).map((incident) => incident.id)).to.deep.equal([1n]);
      expect((await lens.incidents(99, ALL)).length).to.equal(3);
    });
  });

  describe("traderClaims, holderClaims", function () {
    it("shows what traders, holders and keepers are owed", async function () {
      const stage = await networkHelpers.loadFixture(deleveraged);
      const { lens, clearinghouse, junior, short, lp, btc, carol } = stage;
      await clearinghouse.replay(short, btc, 64);
      const [trader, nobody] = await lens.traderClaims([short, 7n]);
      expect([trader!.claimable, trader!.outstanding]).to.deep.equal([...(await clearinghouse.claimsOf(short))]);
      expect(trader!.outstanding).to.be.greaterThan(wad(210_004));
      expect([nobody!.outstanding, nobody!.debtOutstanding]).to.deep.equal([0n, 0n]);
      const [holder, stranger] = await lens.holderClaims([lp, carol]);
      expect([holder!.juniorClaimable, holder!.juniorOutstanding]).to.deep.equal([...(await junior.claimsOf(lp))]);
      expect(holder!.juniorOutstanding).to.be.greaterThan(wad(99_999));
      expect([holder!.isRead, stranger!.juniorOutstanding, stranger!.fees, stranger!.orderFees]).to.deep.equal([
        true,
        0n,
        0n,
        0n,
      ]);
    });

    it("shows a profit the pool owes as a debt, and as equity", async function () {
      const { lens, world, clearinghouse, short, bob, btc } = await networkHelpers.loadFixture(traded);
      // 700,000 of profit against 500,000 of cash and Alice's 60,000.
      await world.setPrice(btc, wad(30_000));
      await world.trade(bob, short, btc, wad(10));
      const [claim] = await lens.traderClaims([short]);
      expect([claim!.debtCollectable, claim!.debtOutstanding]).to.deep.equal([...(await clearinghouse.debtsTo(short))]);
      expect(claim!.debtOutstanding).to.be.greaterThan(0n);
      expect((await lens.healths([short]))[0]!.equity).to.equal((await clearinghouse.health(short)).equity);
    });

    it("shows as withdrawable what of a debt has been repaid, and not what nobody can pay yet", async function () {
      const { lens, world, clearinghouse, short, bob, long, btc, eth } = await networkHelpers.loadFixture(traded);
      await world.trade(bob, short, eth, wad(1));
      await world.setPrice(btc, wad(30_000));
      await world.setPrice(eth, wad(2_900));
      await world.trade(bob, short, btc, wad(10));
      await clearinghouse.liquidate(long); // her margin is what can be paid on
      const [collectable, outstanding] = await clearinghouse.debtsTo(short);
      expect(outstanding).to.be.greaterThan(0n);
      expect(collectable).to.be.greaterThan(0n);
      const [seen] = await lens.accounts([short]);
      const health = await clearinghouse.health(short);
      expect([seen!.equity, seen!.withdrawable]).to.deep.equal([health.equity, health.withdrawable]);
      // Less a loss of 100 and 2% of 2,900.
      expect(seen!.withdrawable).to.equal(seen!.margin + collectable - wad(158));
    });
  });
});
