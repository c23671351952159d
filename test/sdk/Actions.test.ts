import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { toQuantity } from "ethers";
import hre from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { toAccountId } from "../../scripts/sdk/accountId.ts";
import { liquidate } from "../../scripts/sdk/actions/liquidate.ts";
import { previewGap } from "../../scripts/sdk/actions/previewGap.ts";
import {
  ANYBODY,
  type PreviewLiquidationReturnType,
  previewLiquidation,
} from "../../scripts/sdk/actions/previewLiquidation.ts";
import { readAccount } from "../../scripts/sdk/actions/readAccount.ts";
import { readAccounts } from "../../scripts/sdk/actions/readAccounts.ts";
import { readIncidents } from "../../scripts/sdk/actions/readIncidents.ts";
import { readSummaries } from "../../scripts/sdk/actions/readSummaries.ts";
import { setMockPrice } from "../../scripts/sdk/actions/setMockPrice.ts";
import { signOrder } from "../../scripts/sdk/actions/signOrder.ts";
import { submitSignedOrder } from "../../scripts/sdk/actions/submitSignedOrder.ts";
import { readAddressBook } from "../../scripts/sdk/addressBook.ts";
import { connect } from "../../scripts/sdk/contracts.ts";
import { ContractError } from "../../scripts/sdk/errors.ts";
import { formatMarket, parseMarket } from "../../scripts/sdk/markets.ts";
import { toOrderRequest } from "../../scripts/sdk/order.ts";
import { quote } from "../../scripts/sdk/quote.ts";
import { simulateLogs } from "../../scripts/sdk/simulateLogs.ts";
import { InputError } from "../../scripts/shared/inputError.ts";
import { wad } from "../../scripts/shared/world.ts";
import { BTC, CHAIN, ETH, heavyStage, seededStage, trade, tradingStage } from "../cli/cliStage.ts";

const connection = await hre.network.create();
const { networkHelpers } = connection;

/** Alice, bob and two more in ETH; alice and a fifth in BTC as well, one of whom no gap in ETH can reach. */
async function crowdedStage(connection: NetworkConnection) {
  const stage = await connection.networkHelpers.loadFixture(tradingStage);
  const accounts = [toAccountId(await stage.alice.getAddress()), toAccountId(await stage.bob.getAddress())];
  accounts.push(await trade(stage, stage.stranger, 3_000n, "20"));
  accounts.push(await trade(stage, stage.governor, 60_000n, "-1"));
  await trade(stage, stage.alice, 3_000n, "1", BTC);
  await trade(stage, stage.governor, 1n, "0.5", BTC);
  // Not marked yet: the pool's equity depends on whether anybody in BTC is looked at.
  await setMockPrice(stage.breakwater, { signer: stage.keeper, market: BTC, price: wad(101_000) });
  return { stage, accounts };
}

describe("SDK", function () {
  describe("connect", function () {
    it("says that nothing is deployed where a node was started anew", async function () {
      const { breakwater } = await networkHelpers.loadFixture(seededStage);
      const { book, oracle } = breakwater;
      const addresses = { ...book.addresses, vault: ANYBODY };
      const error = await connect({ book: { ...book, addresses }, runner: oracle.runner! }).catch((thrown) => thrown);
      expect(error).to.be.instanceOf(InputError);
      expect(error.message).to.equal(
        `nothing is deployed at ${ANYBODY} on chain ${CHAIN}: a node that is started anew forgets everything; deploy again`,
      );
    });
  });

  describe("quote", function () {
    it("is what an order fills at, and costs", async function () {
      const stage = await networkHelpers.loadFixture(seededStage);
      const { price, fill, fee } = await quote(stage.breakwater, { market: ETH, sizeDelta: wad("-70") });
      const account = await trade(stage, stage.bob, 20_000n, "-70");
      const { positions, margin } = await readAccount(stage.breakwater, { account });
      expect(price).to.equal(wad(3_000));
      expect(positions[0]!.entryPrice).to.equal(fill);
      // Two dollars are the bond of the position.
      expect(margin).to.equal(wad(20_000) - fee - wad(2));
    });
  });

  describe("readAccount", function () {
    it("counts funding up to now as the contract does", async function () {
      const stage = await networkHelpers.loadFixture(heavyStage);
      await stage.advance(5 * 3_600);
      const account = toAccountId(await stage.alice.getAddress());
      const { margin, health, positions, debts } = await readAccount(stage.breakwater, { account });
      expect(positions[0]!.fundingOwed > 0n).to.equal(true);
      expect(margin + debts.collectable + debts.outstanding + positions[0]!.unrealised).to.equal(health!.equity);
      expect(positions[0]!.maintenance).to.equal(health!.maintenanceMargin);
    });

    it("estimates the price at which an account can be liquidated", async function () {
      const stage = await networkHelpers.loadFixture(tradingStage);
      const { breakwater, keeper: signer } = stage;
      for (const [who, towardsSafety] of [
        [stage.alice, 1n],
        [stage.bob, -1n],
      ] as const) {
        const account = toAccountId(await who.getAddress());
        await setMockPrice(breakwater, { signer, market: ETH, price: wad(3_000) });
        const { positions } = await readAccount(breakwater, { account });
        const at = positions[0]!.liquidationPrice!;
        await setMockPrice(breakwater, { signer, market: ETH, price: at + towardsSafety * wad(1) });
        expect((await previewLiquidation(breakwater, { account })).isLiquidatable).to.equal(false);
        await setMockPrice(breakwater, { signer, market: ETH, price: at - towardsSafety * wad(1) });
        expect((await previewLiquidation(breakwater, { account })).isLiquidatable).to.equal(true);
      }
    });

    it("says the same one by one and through the lens", async function () {
      const { breakwater } = await networkHelpers.loadFixture(tradingStage);
      const accounts = await readAccounts(breakwater);
      const { lens: _, ...without } = breakwater;
      const byLens = await readSummaries(breakwater, { accounts });
      expect(byLens).to.deep.equal(await readSummaries(without, { accounts }));
      expect(byLens.map(({ positions }) => positions)).to.deep.equal([1, 1]);
    });
  });

  describe("previewLiquidation", function () {
    /** A third trader tilts the book, and hours pass: impact and funding count. */
    async function tiltedStage(connection: NetworkConnection) {
      const stage = await connection.networkHelpers.loadFixture(tradingStage);
      await trade(stage, stage.stranger, 20_000n, "30");
      await stage.advance(5 * 3_600);
      return { ...stage, account: toAccountId(await stage.alice.getAddress()) };
    }

    for (const [what, price, isIn] of [
      ["in part", 2_925, ({ closeFraction, penalty }) => closeFraction < wad(1) && penalty > 0n],
      ["wholly, with something left", 2_904, ({ closeFraction, penalty }) => closeFraction === wad(1) && penalty > 0n],
      ["at a loss", 2_500, ({ deficit, layers }) => deficit > 0n && layers!.insurance > 0n && layers!.junior > 0n],
    ] as [string, number, (preview: PreviewLiquidationReturnType) => boolean][]) {
      it(`is what happens, to the wei, where an account is closed ${what}`, async function () {
        const { breakwater, keeper, account, provider } = await networkHelpers.loadFixture(tiltedStage);
        const { clearinghouse, waterfall, vault } = breakwater;
        await setMockPrice(breakwater, { signer: keeper, market: ETH, price: wad(price) });
        const who = await keeper.getAddress();
        const insuranceBefore = await vault.balanceOf(2);
        await networkHelpers.time.setNextBlockTimestamp((await networkHelpers.time.latest()) + 1);
        const preview = await previewLiquidation(breakwater, { account, keeper: who });
        expect(isIn(preview), "what the case is about").to.equal(true);
        const { receipt } = await liquidate(breakwater, { signer: keeper, account });

        const at = receipt!.blockNumber;
        const [done] = await clearinghouse.queryFilter(clearinghouse.filters.AccountLiquidated(account), at);
        const { equityBefore, maintenance, closedNotional, penalty, bonds, deficit } = done!.args;
        expect(preview).to.include({ isExact: true, isLiquidatable: true, reason: undefined });
        expect(preview).to.include({ equity: equityBefore, maintenance, closedNotional, penalty, bonds, deficit });
        const legs = await clearinghouse.queryFilter(clearinghouse.filters.PositionLiquidated(account), at);
        expect(preview.closed).to.deep.equal(
          legs.map(({ args: { market, closedSize, sizeAfter, price } }) => {
            return { market: Number(market), sizeDelta: closedSize, sizeAfter, price };
          }),
        );
        expect(preview.keeperEarns).to.equal(await clearinghouse.feesOf(who));
        const [incident] = await waterfall.queryFilter(waterfall.filters.DeficitAbsorbed(), at);
        for (const layer of ["forgone", "insurance", "junior", "senior", "adl", "residual"] as const) {
          expect(preview.layers?.[layer], layer).to.equal(incident?.args[layer]);
        }
        expect((await vault.balanceOf(2)) - insuranceBefore).to.equal(
          preview.toInsurance - (preview.layers?.insurance ?? 0n),
        );
        expect(preview.toPool + preview.toInsurance + preview.keeperEarns).to.equal(penalty + bonds);
        expect(await provider.getBlockNumber()).to.equal(at);
      });
    }

    it("says why not, and that nothing would happen", async function () {
      const { breakwater, account } = await networkHelpers.loadFixture(tiltedStage);
      const preview = await previewLiquidation(breakwater, { account });
      expect(preview).to.include({ isExact: true, isLiquidatable: false, penalty: 0n, deficit: 0n, keeperEarns: 0n });
      expect(preview.reason).to.match(/^Clearinghouse_NotLiquidatable\(/);
    });

    it("is an estimate that says so on a node that cannot simulate", async function () {
      const { breakwater, keeper, account, provider } = await networkHelpers.loadFixture(tiltedStage);
      await setMockPrice(breakwater, { signer: keeper, market: ETH, price: wad(2_500) });
      const send = provider.send.bind(provider);
      provider.send = async (method, params) => {
        if (/^(eth_simulateV1|debug_)/.test(method)) throw new Error(`no ${method} here`);
        return send(method, params);
      };
      const exact = await previewLiquidation(breakwater, { account }).finally(() => (provider.send = send));
      expect(exact).to.include({ isExact: false, isLiquidatable: true, closeFraction: wad(1), layers: undefined });
      expect(exact.deficit > wad(40_000) && exact.deficit < wad(42_000), `${exact.deficit}`).to.equal(true);
    });

    it("reads what eth_simulateV1 says of a block a second later", async function () {
      const { breakwater, keeper, account, provider } = await networkHelpers.loadFixture(tiltedStage);
      await setMockPrice(breakwater, { signer: keeper, market: ETH, price: wad(2_500) });
      const traced = await previewLiquidation(breakwater, { account });
      const { to, data } = await breakwater.clearinghouse.liquidate.populateTransaction(account);
      const logs = await simulateLogs(provider, { from: await keeper.getAddress(), to, data });
      const asked: unknown[] = [];
      const send = provider.send.bind(provider);
      provider.send = async (method, params) => {
        if (method !== "eth_simulateV1") return send(method, params);
        asked.push(params);
        return [{ calls: [{ status: "0x1", logs }] }];
      };
      const simulated = await previewLiquidation(breakwater, { account }).finally(() => (provider.send = send));
      expect(simulated).to.deep.equal(traced);
      const time = toQuantity((await networkHelpers.time.latest()) + 1);
      expect(asked).to.deep.equal([
        [{ blockStateCalls: [{ blockOverrides: { time }, calls: [{ from: ANYBODY, to, data }] }] }, "latest"],
      ]);
    });
  });

  describe("readAccounts", function () {
    it("finds what nobody owns", async function () {
      const stage = await networkHelpers.loadFixture(crowdedStage);
      const { breakwater, keeper, alice } = stage.stage;
      const account = toAccountId(await alice.getAddress());
      await breakwater.mockPrices!.connect(keeper).setDead(ETH, true);
      await setMockPrice(breakwater, { signer: keeper, market: BTC, price: wad(70_000) });
      await liquidate(breakwater, { signer: keeper, account });
      const orphan = 1n;
      const found = await readAccounts(breakwater);
      expect(found).to.deep.equal([...stage.accounts, orphan]);
      await breakwater.mockPrices!.connect(keeper).setDead(ETH, false);
      expect(await readAccount(breakwater, { account: orphan })).to.include({ account: orphan, isLiquidatable: true });
      expect(await readAccounts(breakwater, { owner: await alice.getAddress() })).to.deep.equal([account]);
      const { lens: _, ...without } = breakwater;
      const byLens = await readSummaries(breakwater, { accounts: found });
      expect(byLens).to.deep.equal(await readSummaries(without, { accounts: found }));
    });
  });

  describe("previewGap", function () {
    it("is what happens then", async function () {
      const { breakwater, keeper: signer, alice } = await networkHelpers.loadFixture(tradingStage);
      const preview = await previewGap(breakwater, { market: ETH, price: wad(2_500) });
      await setMockPrice(breakwater, { signer, market: ETH, price: wad(2_500) });
      await liquidate(breakwater, { signer, account: toAccountId(await alice.getAddress()) });
      const [incident] = await readIncidents(breakwater);
      for (const layer of ["deficit", "forgone", "insurance", "junior", "senior", "adl", "residual"] as const) {
        expect(preview[layer], layer).to.equal(incident![layer]);
      }
      expect(preview.accounts.map(({ account }) => account)).to.deep.equal([incident!.account]);
    });

    it("has the same sums page by page", async function () {
      const { stage, accounts } = await networkHelpers.loadFixture(crowdedStage);
      for (const price of [2_990, 2_900, 2_500]) {
        const asked = { market: ETH, price: wad(price), accounts };
        const whole = await previewGap(stage.breakwater, asked);
        for (const pageSize of [1, 2, 3]) {
          expect(await previewGap(stage.breakwater, { ...asked, pageSize })).to.deep.equal(whole);
        }
      }
    });

    it("asks again in halves where a page is too much for the node", async function () {
      const { stage } = await networkHelpers.loadFixture(crowdedStage);
      const { breakwater } = stage;
      const whole = await previewGap(breakwater, { market: ETH, price: wad(2_500) });
      const asked: number[] = [];
      const atMost = (limit: number) => {
        const gapPreview = async (market: number, price: bigint, ids: bigint[], at: object) => {
          asked.push(ids.length);
          if (ids.length > limit) throw Object.assign(new Error("out of gas"), { code: "UNKNOWN_ERROR" });
          return breakwater.lens!.gapPreview(market, price, ids, at);
        };
        return { ...breakwater, lens: { runner: breakwater.lens!.runner, gapPreview } as never };
      };
      expect(await previewGap(atMost(2), { market: ETH, price: wad(2_500), pageSize: 3 })).to.deep.equal(whole);
      expect(asked).to.deep.equal([3, 2, 1, 1, 2]);
      const refused = await previewGap(atMost(0), { market: ETH, price: wad(2_500) }).catch((reason) => reason);
      expect(refused).to.be.instanceOf(InputError);
      expect(refused.message).to.match(/^this node has not gas enough in a call/);
      const free = await previewGap(breakwater, { market: ETH, price: 0n, pageSize: 1 }).catch((reason) => reason);
      expect(free.error).to.equal("Lens_PriceOutOfRange");
    });

    it("says so where there is no lens", async function () {
      const { breakwater } = await networkHelpers.loadFixture(tradingStage);
      const { lens: _, ...without } = breakwater;
      const error = await previewGap(without, { market: ETH, price: wad(1) }).catch((reason) => reason);
      expect(error).to.be.instanceOf(InputError);
      expect(error.message).to.equal("the deployment on chain 31337 has no lens: deploy one beside it");
    });
  });

  describe("send", function () {
    it("throws the contract's own error, and sends nothing", async function () {
      const { breakwater, keeper: signer, bob, provider } = await networkHelpers.loadFixture(tradingStage);
      const block = await provider.getBlockNumber();
      const account = toAccountId(await bob.getAddress());
      const error = await liquidate(breakwater, { signer, account }).catch((reason) => reason);
      expect(error).to.be.instanceOf(ContractError);
      expect(error.error).to.equal("Clearinghouse_NotLiquidatable");
      expect(error.args.account).to.equal(account);
      expect(await provider.getBlockNumber()).to.equal(block);
    });
  });

  describe("signOrder", function () {
    it("signs what the contract hashes, and each signature is good once", async function () {
      const { breakwater, alice, stranger } = await networkHelpers.loadFixture(tradingStage);
      const owner = await alice.getAddress();
      const request = {
        account: toAccountId(owner),
        market: ETH,
        kind: "at-or-above",
        sizeDelta: -wad(5),
        acceptablePrice: wad(3_100),
        triggerPrice: wad(3_200),
        deadline: 4_000_000_000n,
        isReduceOnly: true,
      } as const;
      const order = await signOrder(breakwater, { signer: alice, request, nonce: 5n });
      const { orderId } = await submitSignedOrder(breakwater, { signer: stranger, order });
      const stored = await breakwater.orders.order(orderId!);
      expect(stored.payer).to.equal(owner);
      expect([stored.sizeDelta, stored.kind, stored.isReduceOnly]).to.deep.equal([-wad(5), 1n, true]);

      const again = await submitSignedOrder(breakwater, { signer: stranger, order }).catch((reason) => reason);
      expect(again.error).to.equal("Orders_NonceUsed");
      const changed = { ...order, nonce: 6n, request: { ...request, isReduceOnly: false } };
      const forged = await submitSignedOrder(breakwater, { signer: stranger, order: changed }).catch(
        (reason) => reason,
      );
      expect(forged.error).to.equal("Orders_InvalidSignature");
      expect(toOrderRequest(request).kind).to.equal(1);
    });
  });

  describe("markets", function () {
    it("have the names the deployment gave them, and numbers", async function () {
      const { deployments } = await networkHelpers.loadFixture(tradingStage);
      const book = await readAddressBook({ chainId: CHAIN, folder: deployments });
      expect([...book.symbols]).to.deep.equal([
        [0, "ETH"],
        [1, "BTC"],
      ]);
      expect(["eth", "Btc", "1", "market 5", "7"].map((text) => parseMarket(book, text))).to.deep.equal([
        0, 1, 1, 5, 7,
      ]);
      expect([0, 5].map((id) => formatMarket(book, id))).to.deep.equal(["ETH", "market 5"]);
      for (const text of ["doge", "-1", "256", ""]) {
        expect(() => parseMarket(book, text)).to.throw(InputError, `market: "${text}" is not ETH, BTC or a number`);
      }
    });

    it("are read from what is whole of a journal that was cut off", async function () {
      const { deployments } = await networkHelpers.loadFixture(tradingStage);
      const folder = await mkdtemp(path.join(tmpdir(), "journal-"));
      try {
        await cp(deployments, folder, { recursive: true });
        const journal = path.join(folder, `chain-${CHAIN}`, "journal.jsonl");
        const text = await readFile(journal, "utf8");
        await writeFile(journal, text.slice(0, text.lastIndexOf("#source_btc") + 20));
        const { symbols } = await readAddressBook({ chainId: CHAIN, folder });
        expect([...symbols]).to.deep.equal([[0, "ETH"]]);
      } finally {
        await rm(folder, { recursive: true });
      }
    });
  });
});
