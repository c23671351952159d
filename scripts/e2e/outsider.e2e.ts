import { expect } from "chai";
import { type Anvil, deployDevnet, startAnvil } from "./anvil.ts";
import { Cast, type Receipt } from "./cast.ts";

/** USD, prices and sizes have 18 decimals on chain, the mock dollar six. */
const WAD = 10n ** 18n;
const wad = (value: number): bigint => BigInt(Math.round(value * 1e6)) * 10n ** 12n;
const dollars = (value: number): bigint => BigInt(Math.round(value * 1e6));

const ETH = 0n;
const ANY_PRICE = 2n ** 256n - 1n;
const REQUEST = "(uint256,uint8,uint8,int256,uint256,uint256,uint256,bool)";

const field = (text: string) => ({ type: text.split(" ")[0], name: text.split(" ")[1] });

/** EIP-712: what a wallet shows when it signs an order. */
const ORDER_TYPES = {
  EIP712Domain: ["string name", "string version", "uint256 chainId", "address verifyingContract"].map(field),
  Order: [
    "uint256 account",
    "uint8 market",
    "uint8 kind",
    "int256 sizeDelta",
    "uint256 acceptablePrice",
    "uint256 triggerPrice",
    "uint256 deadline",
    "bool isReduceOnly",
    "address signer",
    "uint256 nonce",
    "uint256 signatureDeadline",
  ].map(field),
};

/** Accounts of the node: the first deployed everything. */
const [DEPLOYER, LP, ALICE, BOB, KEEPER, DONOR] = [0, 1, 2, 3, 4, 5] as const;

/**
 * Everything a stranger does with a deployment, with `cast` and addresses and nothing else: margin, signed and plain
 * orders, a crash, the liquidation, the incident, the claim, the way out. Each step stands on those before it.
 */
describe("an outside client on anvil", function () {
  this.timeout(120_000);
  this.bail(true);

  let anvil: Anvil;
  let cast: Cast;
  let at: Record<string, string>;
  const address: string[] = [];
  const account = (index: number): bigint => BigInt(address[index]!) << 96n;

  before(async function () {
    anvil = await startAnvil();
    cast = new Cast(anvil.rpc);
    for (let index = 0; index <= DONOR; index++) address.push(await cast.address(index));
  });

  after(async function () {
    await anvil?.stop();
  });

  const balanceOf = (who: number) => cast.number(at.MockUSD!, "balanceOf(address)(uint256)", address[who]!);

  async function advance(seconds: bigint): Promise<void> {
    await cast.node("evm_increaseTime", `0x${seconds.toString(16)}`);
    await cast.node("evm_mine");
  }

  async function now(): Promise<bigint> {
    const block = JSON.parse(await cast.node("eth_getBlockByNumber", "latest", "false"));
    return BigInt(block.timestamp);
  }

  /** Data of the one event with this signature, in words. */
  async function event(receipt: Receipt, signature: string): Promise<bigint[]> {
    const topic = await cast.topic(signature);
    const logs = receipt.logs.filter(({ topics }) => topics[0] === topic);
    expect(logs.length, signature).to.equal(1);
    return (logs[0]!.data.slice(2).match(/.{64}/g) ?? []).map((word) => BigInt(`0x${word}`));
  }

  async function order(who: number, sizeDelta: bigint, isReduceOnly = false): Promise<string> {
    const limit = sizeDelta > 0n ? ANY_PRICE : 0n;
    return `(${account(who)},${ETH},0,${sizeDelta},${limit},0,${(await now()) + 600n},${isReduceOnly})`;
  }

  /** The order delay passes, and whoever keeps executes. */
  async function execute(): Promise<Receipt> {
    const id = await cast.number(at.Orders!, "orderCount()(uint256)");
    await advance(3n);
    const receipt = await cast.send(KEEPER, at.Orders!, "execute(uint256,bytes)", id, "0x");
    await event(receipt, "OrderExecuted(uint256,uint256,address,int256,uint256,uint256,uint256)");
    return receipt;
  }

  const sizeOf = (who: number) =>
    cast.number(
      at.Clearinghouse!,
      "position(uint256,uint8)(int104,uint104,uint32,uint16,int96,uint104,uint32,uint24)",
      account(who),
      ETH,
    );

  it("deploys what production compiles, within the size limit of public chains", async function () {
    at = await deployDevnet(anvil);
    expect(await cast.number(at.Clearinghouse!, "marketCount()(uint256)")).to.equal(2n);
  });

  it("mints mock dollars", async function () {
    for (const [who, amount] of [
      [LP, 60_000],
      [ALICE, 2_010],
      [BOB, 5_010],
      [DONOR, 1_000],
    ] as const) {
      await cast.send(DEPLOYER, at.MockUSD!, "mint(address,uint256)", address[who]!, dollars(amount));
      await cast.send(who, at.MockUSD!, "approve(address,uint256)", at.Vault!, dollars(amount));
      expect(await balanceOf(who)).to.equal(dollars(amount));
    }
  });

  it("provides liquidity through an epoch", async function () {
    const [lp] = [address[LP]!];
    const request = "requestDeposit(uint256,address,address)";
    await cast.send(LP, at.SeniorTranche!, request, dollars(40_000), lp, lp);
    await cast.send(LP, at.JuniorTranche!, request, dollars(20_000), lp, lp);
    await advance(7_200n);
    await cast.send(KEEPER, at.LiquidityPool!, "recordEpoch()");
    await advance(1_801n);
    await cast.send(KEEPER, at.LiquidityPool!, "settleEpoch()");
    for (const [tranche, amount] of [
      [at.SeniorTranche!, 40_000],
      [at.JuniorTranche!, 20_000],
    ] as const) {
      await cast.send(LP, tranche, "deposit(uint256,address,address)", dollars(amount), lp, lp);
      expect(await cast.number(tranche, "balanceOf(address)(uint256)", lp)).to.be.greaterThan(0n);
    }
    expect(await cast.number(at.LiquidityPool!, "equity()(int256)")).to.equal(wad(60_000));
  });

  it("deposits margin", async function () {
    for (const [who, amount] of [
      [ALICE, 2_000],
      [BOB, 5_000],
    ] as const) {
      await cast.send(who, at.Clearinghouse!, "deposit(uint256,uint256)", account(who), dollars(amount));
    }
    const [margin] = await cast.call(
      at.Clearinghouse!,
      "account(uint256)(uint128,uint32,uint8,uint32)",
      account(ALICE),
    );
    expect(BigInt(margin!)).to.equal(wad(2_000));
  });

  it("opens a long by an order that anybody executes", async function () {
    await cast.send(ALICE, at.Orders!, `submit(${REQUEST})`, await order(ALICE, wad(10)));
    await execute();
    expect(await sizeOf(ALICE)).to.equal(wad(10));
  });

  it("opens a short by an order signed offline and submitted by somebody else", async function () {
    const request = await order(BOB, -wad(10));
    const [accountId, market, kind, sizeDelta, acceptablePrice, triggerPrice, deadline] = request
      .slice(1, -1)
      .split(",");
    const [, name, version, chainId, verifyingContract] = await cast.call(
      at.Orders!,
      "eip712Domain()(bytes1,string,string,uint256,address,bytes32,uint256[])",
    );
    const unquote = (text: string) => text.replaceAll('"', "");
    const signature = await cast.sign(BOB, {
      primaryType: "Order",
      domain: { name: unquote(name!), version: unquote(version!), chainId: Number(chainId), verifyingContract },
      types: ORDER_TYPES,
      message: {
        account: accountId,
        market: Number(market),
        kind: Number(kind),
        sizeDelta,
        acceptablePrice,
        triggerPrice,
        deadline,
        isReduceOnly: false,
        signer: address[BOB],
        nonce: "1",
        signatureDeadline: deadline,
      },
    });
    await cast.send(
      KEEPER,
      at.Orders!,
      `submitSigned(${REQUEST},uint256,uint256,address,bytes)`,
      request,
      1n,
      BigInt(deadline!),
      address[BOB]!,
      signature,
    );
    await execute();
    expect(await sizeOf(BOB)).to.equal(-wad(10));
  });

  it("cannot liquidate who is healthy", async function () {
    const selector = (await cast.topic("Clearinghouse_NotLiquidatable(uint256,int256,uint256)")).slice(0, 10);
    const refused = await cast.send(KEEPER, at.Clearinghouse!, "liquidate(uint256)", account(ALICE)).then(
      () => "it was liquidated",
      (error: Error) => error.message,
    );
    expect(refused).to.include(selector);
  });

  it("liquidates the long after a crash; the junior tranche pays what its margin does not", async function () {
    await cast.send(DEPLOYER, at.MockPriceSource!, "setPrice(uint8,uint128)", ETH, wad(2_400));
    const receipt = await cast.send(KEEPER, at.Clearinghouse!, "liquidate(uint256)", account(ALICE));
    const layers = await event(
      receipt,
      "DeficitAbsorbed(uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256)",
    );
    const [deficit, ...paid] = layers as [bigint, ...bigint[]];
    expect(paid.reduce((sum, part) => sum + part, 0n)).to.equal(deficit);
    expect(deficit).to.be.greaterThan(wad(3_900));
    const [insurance, junior, forgone, senior, adl, residual] = (
      await cast.call(
        at.LossWaterfall!,
        "incident(uint256)(uint128,uint128,uint128,uint128,uint128,uint128)",
        await cast.number(at.LossWaterfall!, "incidentCount()(uint256)"),
      )
    ).map(BigInt);
    expect([forgone, insurance, junior, senior, adl, residual]).to.deep.equal(paid);
    expect(junior).to.be.greaterThan(wad(3_000));
    expect(await sizeOf(ALICE)).to.equal(0n);
  });

  it("owes the tranche what it lost, and pays its claim out of what anybody returns", async function () {
    await cast.send(DONOR, at.Clearinghouse!, "recover(uint256)", dollars(1_000));
    const [claimable] = await cast.call(at.JuniorTranche!, "claimsOf(address)(uint256,uint256)", address[LP]!);
    expect(BigInt(claimable!)).to.be.greaterThan(wad(999));
    const before = await balanceOf(LP);
    await cast.send(LP, at.JuniorTranche!, "claimRecovery(address)", address[LP]!);
    expect((await balanceOf(LP)) - before).to.equal(BigInt(claimable!) / 10n ** 12n);
  });

  it("pays the keeper what it earned", async function () {
    const before = await balanceOf(KEEPER);
    await cast.send(KEEPER, at.Clearinghouse!, "claimFees()");
    await cast.send(KEEPER, at.Orders!, "claimFees()");
    expect((await balanceOf(KEEPER)) - before).to.be.greaterThan(dollars(1));
  });

  it("pays the winner in full: closed and withdrawn", async function () {
    await cast.send(BOB, at.Orders!, `submit(${REQUEST})`, await order(BOB, wad(10), true));
    await execute();
    expect(await sizeOf(BOB)).to.equal(0n);
    const [, , , , withdrawable] = await cast.call(
      at.Clearinghouse!,
      "health(uint256)(int256,uint256,uint256,uint256,uint256)",
      account(BOB),
    );
    // 5,000 of margin and 6,000 of profit, less impact, fees and funding.
    expect(BigInt(withdrawable!)).to.be.greaterThan(wad(10_900));
    const before = await balanceOf(BOB);
    const amount = BigInt(withdrawable!) / 10n ** 12n;
    await cast.send(BOB, at.Clearinghouse!, "withdraw(uint256,uint256)", account(BOB), amount);
    expect((await balanceOf(BOB)) - before).to.equal(amount);
  });

  it("finds every dollar: the ledgers add up to what the vault holds", async function () {
    const eight = Array(8).fill("uint256").join();
    const ledgers = await cast.call(at.Vault!, `balances()(${eight})`);
    const total = ledgers.reduce((sum, balance) => sum + BigInt(balance), 0n);
    expect(total).to.equal(await cast.number(at.Vault!, "held()(uint256)"));
    expect(total / (WAD / 10n ** 6n)).to.equal(
      await cast.number(at.MockUSD!, "balanceOf(address)(uint256)", at.Vault!),
    );
  });
});
