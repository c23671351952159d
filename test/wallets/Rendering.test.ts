import { expect } from "chai";
import { type BaseContract, MaxUint256, TypedDataEncoder } from "ethers";
import hre from "hardhat";
import { readSource } from "../../scripts/checks/repository.ts";
import type { Addresses } from "../../scripts/sdk/addressBook.ts";
import { PLAIN_MARKET, wad } from "../../scripts/shared/world.ts";
import { CONTRACTS, describeDeployment } from "../../scripts/wallets/descriptors.ts";
import { ANY_BUY, OrderKind, type OrderRequest, orderStage } from "../integration/orderStage.ts";
import { fields } from "../integration/stage.ts";
import { renderCall, renderMessage, renderSentence, type Wallet } from "./render.ts";

const connection = await hre.network.create();
const { ethers, networkHelpers } = connection;

/** 2026-11-25 12:00:00 UTC. */
const NOON = 1_795_608_000n;

describe("what wallets show", function () {
  async function stage() {
    const system = await orderStage(connection);
    const { chainId } = await ethers.provider.getNetwork();
    const names = ["access", "oracle", "chainlink", "pool", "senior", "junior", "insurance", "clearinghouse", "orders"];
    const contracts = system as unknown as Record<string, BaseContract>;
    const entries = await Promise.all([...names, "steward"].map(async (n) => [n, await contracts[n]!.getAddress()]));
    const addresses = Object.fromEntries(entries) as Addresses;
    const token = await system.token.getAddress();
    const descriptors = await describeDeployment({ chainId, addresses, token, markets: ["BTC"] });
    const shares = { symbol: "bwSENIOR", decimals: Number(await system.senior.decimals()) };
    const wallet: Wallet = {
      chainId,
      descriptors: [...descriptors.values()],
      tokens: { [token]: { symbol: "mUSD", decimals: 6 }, [addresses.senior]: shares },
      names: {
        [system.alice.address]: "alice.eth",
        [system.bob.address]: "bob.eth",
        [addresses.clearinghouse]: "Clearinghouse",
      },
    };
    const call = (name: string, method: string, args: unknown[]) => ({
      to: addresses[name as "orders"],
      data: contracts[name]!.interface.encodeFunctionData(method, args),
    });
    const lines = (name: string, method: string, args: unknown[]) => renderCall(wallet, call(name, method, args));
    const order: OrderRequest = {
      account: system.account + 1n,
      market: 0,
      kind: OrderKind.Market,
      sizeDelta: -wad("1.5"),
      acceptablePrice: wad(99_500),
      triggerPrice: 0n,
      deadline: NOON,
      isReduceOnly: false,
    };
    return { ...system, addresses, token, descriptors, wallet, call, lines, order };
  }
  const load = () => networkHelpers.loadFixture(stage);

  it("before a deposit", async function () {
    const { lines, call, wallet, account } = await load();
    const args = [account + 1n, 5_000_000_000n];
    expect(lines("clearinghouse", "deposit", args)).to.deep.equal([
      "Deposit margin",
      "Amount · 5,000 mUSD",
      "Account of · alice.eth",
      "Sub-account · 1",
    ]);
    expect(renderSentence(wallet, call("clearinghouse", "deposit", args))).to.equal(
      "Deposit 5,000 mUSD as margin of alice.eth, sub-account 1",
    );
  });

  it("before a withdrawal and a transfer of margin", async function () {
    const { lines, account } = await load();
    expect(lines("clearinghouse", "withdraw", [account, 1_250_500_000n])).to.deep.equal([
      "Withdraw margin",
      "Amount · 1,250.5 mUSD",
      "Account of, paid to · alice.eth",
      "Sub-account · 0",
    ]);
    expect(lines("clearinghouse", "transferMargin", [account, account + 2n, wad(300)])).to.deep.equal([
      "Move margin",
      "Amount · 300 USD",
      "From account of · alice.eth",
      "Sub-account · 0",
      "To account of · alice.eth",
      "Sub-account · 2",
    ]);
  });

  it("before an order: no WAD, no account number, no unix time", async function () {
    const { lines, order } = await load();
    expect(lines("orders", "submit", [order])).to.deep.equal([
      "Place an order",
      "Account of · alice.eth",
      "Sub-account · 1",
      "Market · BTC",
      "Kind · At the market",
      "Size (minus sells) · -1.5 units",
      "Worst price · 99,500 USD",
      "Valid until · 2026-11-25T12:00:00Z",
      "Only reduces · false",
    ]);
  });

  it("before a stop is signed for somebody else to submit", async function () {
    const { wallet, addresses, order, orders, alice, descriptors } = await load();
    const [key = ""] = Object.keys(descriptors.get("eip712-Orders.json")!.display.formats);
    const stop = { ...order, kind: OrderKind.AtOrBelow, triggerPrice: wad(98_000), isReduceOnly: true };
    const message = { ...stop, signer: alice.address, nonce: 7n, signatureDeadline: NOON + 3_600n };
    expect(renderMessage(wallet, addresses.orders, key, message)).to.deep.equal([
      "Sign an order",
      "Account of · alice.eth",
      "Sub-account · 1",
      "Market · BTC",
      "Kind · If price falls to trigger",
      "Size (minus sells) · -1.5 units",
      "Worst price · 99,500 USD",
      "Trigger price · 98,000 USD",
      "Valid until · 2026-11-25T12:00:00Z",
      "Only reduces · true",
      "Fee paid by · alice.eth",
      "Nonce · 7",
      "Signature valid until · 2026-11-25T13:00:00Z",
    ]);

    // The key is the type that the contract hashes: as its source says it, and as it computes.
    const literals = /TYPEHASH = keccak256\(([^;]*)\);/.exec(readSource("contracts/orders/OrderLib.sol"))![1]!;
    expect([...literals.matchAll(/"([^"]*)"/g)].map((match) => match[1]).join("")).to.equal(key);
    const types = { Order: typesOf(key) };
    const domain = fields(await orders.eip712Domain());
    const { name, version } = domain;
    expect(descriptors.get("eip712-Orders.json")!.context).to.deep.include({
      eip712: { domain: { name, version }, deployments: [{ chainId: 31337, address: addresses.orders }] },
    });
    const separator = { name, version, chainId: 31337n, verifyingContract: addresses.orders };
    expect(TypedDataEncoder.hash(separator, types, message)).to.equal(
      await orders.digestOf(stop, 7n, NOON + 3_600n, alice),
    );
  });

  it("before shares are approved by a signature", async function () {
    const { wallet, addresses, senior, junior, insurance, descriptors, alice, bob } = await load();
    const { context, display } = descriptors.get("eip712-Shares.json")!;
    const [key = ""] = Object.keys(display.formats);
    const message = { owner: alice.address, spender: bob.address, value: MaxUint256, nonce: 0n, deadline: NOON };
    expect(renderMessage(wallet, addresses.senior, key, message)).to.deep.equal([
      "Approve spending of shares",
      "Owner · alice.eth",
      "Spender · bob.eth",
      "At most · Unlimited bwSENIOR",
      "Nonce · 0",
      "Valid until · 2026-11-25T12:00:00Z",
    ]);
    // OpenZeppelin's permits take exactly this type: one signed by it is accepted.
    const shares = { owner: alice.address, spender: bob.address, value: 5n, nonce: 0n, deadline: MaxUint256 };
    for (const vault of [senior, junior, insurance]) {
      const { name, version, chainId, verifyingContract } = fields(await vault.eip712Domain());
      expect("eip712" in context && context.eip712.domain.version).to.equal(version);
      const separator = { name, version, chainId, verifyingContract };
      const signature = ethers.Signature.from(await alice.signTypedData(separator, { Permit: typesOf(key) }, shares));
      await vault.permit(alice, bob, 5n, MaxUint256, signature.v, signature.r, signature.s);
      expect(await vault.allowance(alice, bob)).to.equal(5n);
    }
  });

  it("inside a multicall, each call in its own words", async function () {
    const { lines, orders, order, account, clearinghouse } = await load();
    const stop = { ...order, kind: OrderKind.AtOrAbove, triggerPrice: wad(101_000), acceptablePrice: ANY_BUY };
    const data = [order, stop].map((one) => orders.interface.encodeFunctionData("submit", [one]));
    const shown = lines("orders", "multicall", [data]);
    expect(shown.filter((line) => /^\S/.test(line))).to.deep.equal([
      "Do several things at once",
      "Call · Place an order",
      "Call · Place an order",
    ]);
    expect(shown).to.include("  Trigger price · 101,000 USD");
    const moved = [clearinghouse.interface.encodeFunctionData("withdraw", [account, 1_000_000n])];
    expect(lines("clearinghouse", "multicall", [moved])).to.include("  Amount · 1 mUSD");
  });

  it("before LPs request and claim", async function () {
    const { lines, alice, bob } = await load();
    expect(lines("senior", "requestDeposit", [250_000_000n, bob.address, alice.address])).to.deep.equal([
      "Request a deposit",
      "Amount · 250 mUSD",
      "Paid by · alice.eth",
      "Claimed by · bob.eth",
    ]);
    expect(lines("senior", "redeem", [wad(12) * 10n ** 6n, bob.address, alice.address])).to.deep.equal([
      "Claim dollars of shares",
      "Shares · 12 bwSENIOR",
      "Paid to · bob.eth",
      "Requested by · alice.eth",
    ]);
    expect(lines("insurance", "setOperator", [bob.address, true])).to.deep.equal([
      "Let someone act for you",
      "Operator · bob.eth",
      "Holds your purse · true",
    ]);
  });

  it("before a governor schedules: the call inside, in percent and hours", async function () {
    const { lines, call, addresses } = await load();
    const { data } = call("clearinghouse", "setMarketParams", [0, { ...PLAIN_MARKET, feeBps: 5 }]);
    const shown = lines("access", "schedule", [addresses.clearinghouse, data, 0]);
    expect(shown.slice(0, 4)).to.deep.equal([
      "Schedule a governance call",
      "On · Clearinghouse",
      "Call · Change a market",
      "  Market · BTC",
    ]);
    expect(shown).to.include("  Trading fee · 0.05%");
    expect(shown.some((line) => line.startsWith("Not before"))).to.equal(false);
    const restricted = call("clearinghouse", "restrictOpening", [0, 2_500, 7_200]);
    expect(lines("access", "execute", [restricted.to, restricted.data])).to.deep.equal([
      "Execute a governance call",
      "On · Clearinghouse",
      "Call · Restrict opening",
      "  Market · BTC",
      "  Caps left open · 25%",
      "  For · 02:00:00",
    ]);
    expect(lines("access", "grantRole", [3, addresses.steward, 86_400])).to.deep.equal([
      "Give a role",
      "Role · Guardian",
      `To · ${addresses.steward}`,
      "Waits before acting · 24:00:00",
    ]);
  });

  it("nothing where no descriptor binds: another address, another chain, a function left out", async function () {
    const { call, wallet, token, pool, addresses } = await load();
    const deposit = call("clearinghouse", "deposit", [1n << 96n, 1n]);
    expect(() => renderCall(wallet, { ...deposit, to: token })).to.throw("blind signing");
    expect(() => renderCall({ ...wallet, chainId: 1n }, deposit)).to.throw("blind signing");
    const absorb = pool.interface.encodeFunctionData("absorb", [1n]);
    expect(() => renderCall(wallet, { to: addresses.pool, data: absorb })).to.throw("blind signing");
  });

  it("of a deployment only what is deployed", async function () {
    const { descriptors } = await load();
    const missing = Object.keys(CONTRACTS).filter((file) => !descriptors.has(file));
    expect(missing).to.deep.equal(["calldata-CircuitBreaker.json", "calldata-PythSource.json"]);
  });
});

/** The fields of a struct out of its EIP-712 type. */
function typesOf(key: string): { type: string; name: string }[] {
  return /\((.*)\)/
    .exec(key)![1]!
    .split(",")
    .map((field) => {
      const [type = "", name = ""] = field.split(" ");
      return { type, name };
    });
}
