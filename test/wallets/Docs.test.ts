import { expect } from "chai";
import { BrowserProvider, type Eip1193Provider, Interface, Signature } from "ethers";
import hre from "hardhat";
import { readSource } from "../../scripts/checks/repository.ts";
import { FACTORIES } from "../../scripts/sdk/abis.ts";
import { toAccountId } from "../../scripts/sdk/accountId.ts";
import { deposit } from "../../scripts/sdk/actions/deposit.ts";
import type { AddressBook } from "../../scripts/sdk/addressBook.ts";
import { connect } from "../../scripts/sdk/contracts.ts";
import { parseWad, toNative, WAD } from "../../scripts/sdk/units.ts";
import { wad } from "../../scripts/shared/world.ts";
import { DELAY, orderStage, proofOf } from "../integration/orderStage.ts";

const connection = await hre.network.create();
const { networkHelpers } = connection;

const DOCS = "scripts/sdk/README.md";
const HERE = "test/wallets/Docs.test.ts";

type Eip6963Wallet = { info: { uuid: string; name: string; rdns: string }; provider: Eip1193Provider };

describe("scripts/sdk/README.md", function () {
  /** A page with one wallet in it, of somebody who has dollars and has approved nothing. */
  async function page() {
    const stage = await orderStage(connection);
    const { world, token, carol } = stage;
    await token.mint(carol, world.native(wad(20_000)));
    const names = ["access", "vault", "oracle", "chainlink", "pool", "senior", "junior", "insurance", "waterfall"];
    const at = [...names, "clearinghouse", "orders", "steward"] as const;
    const contracts = stage as unknown as Record<string, { getAddress(): Promise<string> }>;
    const entries = await Promise.all(at.map(async (name) => [name, await contracts[name]!.getAddress()]));
    const book: AddressBook = {
      chainId: 31337n,
      addresses: Object.fromEntries(entries),
      symbols: new Map([[0, "BTC"]]),
      startBlock: 0,
    };

    const window = new EventTarget();
    const provider: Eip1193Provider = {
      request: async ({ method, params }) =>
        /^eth_(requestAccounts|accounts)$/.test(method)
          ? [carol.address]
          : connection.provider.request({ method, params: params as unknown[] }),
    };
    const detail = { info: { uuid: "1", name: "Example", rdns: "org.example.wallet" }, provider };
    window.addEventListener("eip6963:requestProvider", () =>
      window.dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail })),
    );
    return { ...stage, book, window };
  }

  /** The page with its wallet connected. */
  async function connected() {
    const { book, window, ...stage } = await networkHelpers.loadFixture(page);
    // docs: connect
    const wallets = new Map<string, Eip6963Wallet>();
    window.addEventListener("eip6963:announceProvider", (event) => {
      const { detail } = event as CustomEvent<Eip6963Wallet>;
      wallets.set(detail.info.rdns, detail);
    });
    window.dispatchEvent(new Event("eip6963:requestProvider"));

    const chosen = wallets.get("org.example.wallet")!; // whichever its owner clicks on
    const signer = await new BrowserProvider(chosen.provider).getSigner();
    const breakwater = await connect({ book, runner: signer });
    // end
    const provider = signer.provider as BrowserProvider;
    return { ...stage, book, signer, breakwater, provider };
  }

  it("finds wallets and connects one; approves and deposits", async function () {
    const { signer, breakwater, carol, clearinghouse } = await connected();
    // docs: deposit
    const account = toAccountId(await signer.getAddress()); // its sub-account 0
    await deposit(breakwater, { signer, account, amountUsd: parseWad("5000", "amount") });
    // end
    expect(signer.address).to.equal(carol.address);
    expect((await clearinghouse.account(account)).margin).to.equal(wad(5_000));
  });

  it("deposits with a permit, in one transaction and without an approval", async function () {
    const { signer, breakwater, provider } = await connected();
    // Not by the page's provider, which keeps answers for a moment.
    const count = () => connection.ethers.provider.getTransactionCount(signer.address);
    const before = await count();
    // docs: permit
    const { token, vault, clearinghouse, scale } = breakwater;
    const owner = await signer.getAddress();
    const value = toNative(parseWad("5000", "amount"), scale); // what is signed is what is deposited
    const deadline = BigInt((await provider.getBlock("latest"))!.timestamp) + 600n;
    const { name, version, chainId, verifyingContract } = await token.eip712Domain();
    const types = {
      Permit: [
        { name: "owner", type: "address" },
        { name: "spender", type: "address" }, // the vault: the only contract that takes dollars
        { name: "value", type: "uint256" },
        { name: "nonce", type: "uint256" },
        { name: "deadline", type: "uint256" },
      ],
    };
    const permit = { owner, spender: await vault.getAddress(), value, nonce: await token.nonces(owner), deadline };
    const domain = { name, version, chainId, verifyingContract };
    const { v, r, s } = Signature.from(await signer.signTypedData(domain, types, permit));
    await clearinghouse.depositWithPermit(toAccountId(owner), value, deadline, v, r, s);
    // end
    expect((await clearinghouse.account(toAccountId(owner))).margin).to.equal(wad(5_000));
    expect(await count()).to.equal(before + 1);
  });

  it("places a position with its stop, shows the account, and finds its events", async function () {
    const { breakwater, book, orders, world, keeper, signer, now } = await connected();
    const account = toAccountId(signer.address);
    await deposit(breakwater, { signer, account, amountUsd: wad(5_000) });
    await breakwater.token.approve(breakwater.vault, world.native(wad(100)));
    const [inTenMinutes, inThirtyDays] = [(await now()) + 600n, (await now()) + 2_592_000n];
    // docs: orders
    const open = {
      account,
      market: 0,
      kind: 0, // at the market; 1: once the price is at or above the trigger, 2: at or below
      sizeDelta: parseWad("150", "size"), // base units; minus sells
      acceptablePrice: parseWad("101", "limit"), // worst fill, impact included: give one, it is what wallets show
      triggerPrice: 0n,
      deadline: inTenMinutes, // of a market order at most a day away
      isReduceOnly: false,
    };
    const stop = {
      ...open,
      kind: 2,
      sizeDelta: -open.sizeDelta,
      acceptablePrice: parseWad("90", "limit"),
      triggerPrice: parseWad("95", "trigger"),
      deadline: inThirtyDays,
      isReduceOnly: true,
    };
    const submit = (order: typeof open) => breakwater.orders.interface.encodeFunctionData("submit", [order]);
    await breakwater.orders.multicall([submit(open), submit(stop)]);
    // end
    expect((await orders.order(2n)).isReduceOnly).to.equal(true);
    const earliest = (await now()) + DELAY;
    await world.advance(5n);
    await orders.connect(keeper).execute(1n, proofOf(wad(100), earliest));

    // docs: account
    const { clearinghouse } = breakwater;
    const { margin, openMarkets, liquidations } = await clearinghouse.account(account);
    const { equity, maintenanceMargin, withdrawable } = await clearinghouse.health(account); // reverts without a price
    const isLiquidatable = equity < maintenanceMargin;
    const health = maintenanceMargin === 0n ? undefined : (equity * WAD) / maintenanceMargin; // 1: the edge
    const markets = [...Array(32).keys()].filter((market) => (openMarkets >> BigInt(market)) & 1n);
    // `replayed` is the position after deleveraging it has not taken in yet; `position` is what is stored.
    const positions = await Promise.all(markets.map((market) => clearinghouse.replayed(account, market)));
    const [collectable, outstanding] = await clearinghouse.debtsTo(account); // profit that cash could not pay yet
    const [claimable] = await clearinghouse.claimsOf(account); // losses to others' defaults, repaid: `claim` pays them
    // end
    expect({ isLiquidatable, health, markets }).to.deep.equal({
      isLiquidatable: false,
      health: (100n * WAD) / 3n,
      markets: [0],
    });
    expect([margin, equity, withdrawable, liquidations]).to.deep.equal([wad(5_000), wad(5_000), wad(4_700), 0n]);
    expect(positions.map(({ position }) => position.size)).to.deep.equal([wad(150)]);
    expect([collectable, outstanding, claimable]).to.deep.equal([0n, 0n, 0n]);

    // docs: events
    const { filters } = breakwater.clearinghouse;
    const trades = await breakwater.clearinghouse.queryFilter(filters.PositionChanged(account), book.startBlock);
    const fills = trades.map(({ args }) => ({ market: args.market, size: args.sizeDelta, price: args.price }));
    // end
    expect(fills).to.deep.equal([{ market: 0n, size: wad(150), price: wad(100) }]);
  });

  it("signs an order that somebody else submits", async function () {
    const { breakwater, signer, stranger, world, orders, request } = await connected();
    await breakwater.token.approve(breakwater.vault, world.native(wad(1))); // the fee is the signer's
    const order = await request({ account: toAccountId(signer.address) });
    const relayer = stranger;
    // docs: signed
    const { name, version, chainId, verifyingContract } = await breakwater.orders.eip712Domain();
    const types = {
      Order: [
        { name: "account", type: "uint256" },
        { name: "market", type: "uint8" },
        { name: "kind", type: "uint8" },
        { name: "sizeDelta", type: "int256" },
        { name: "acceptablePrice", type: "uint256" },
        { name: "triggerPrice", type: "uint256" },
        { name: "deadline", type: "uint256" },
        { name: "isReduceOnly", type: "bool" },
        { name: "signer", type: "address" },
        { name: "nonce", type: "uint256" },
        { name: "signatureDeadline", type: "uint256" },
      ],
    };
    const owner = await signer.getAddress();
    const nonce = 1n; // any number that was not used: `isNonceUsed`; `cancelNonce` takes a signature back
    const signatureDeadline = order.deadline;
    const message = { ...order, signer: owner, nonce, signatureDeadline };
    const domain = { name, version, chainId, verifyingContract };
    const signature = await signer.signTypedData(domain, types, message);

    // Anybody, anywhere:
    await breakwater.orders.connect(relayer).submitSigned(order, nonce, signatureDeadline, owner, signature);
    // end
    expect((await orders.order(1n)).payer).to.equal(signer.address);
  });

  it("puts money into a tranche and takes it out, through epochs", async function () {
    const { breakwater, signer, world, token, senior, pool } = await connected();
    const owner = signer.address;
    const assets = world.native(wad(1_000));
    // docs: request
    await breakwater.token.approve(breakwater.vault, assets); // the vault, not the tranche
    await breakwater.senior.requestDeposit(assets, owner, owner);
    // end
    expect(await senior.pendingDepositRequest(0n, owner)).to.equal(assets);
    await world.advance(2n * (await pool.EPOCH_LENGTH()));
    await world.settleLpEpoch();
    // docs: claim
    const filled = await breakwater.senior.claimableDepositRequest(0n, owner); // id 0: of all epochs
    await breakwater.senior["deposit(uint256,address,address)"](filled, owner, owner); // shares to their owner

    await breakwater.senior.requestRedeem(await breakwater.senior.balanceOf(owner), owner, owner);
    // end
    expect(filled).to.equal(assets);
    await world.advance(2n * (await pool.EPOCH_LENGTH()));
    await world.settleLpEpoch();
    const before = await token.balanceOf(owner);
    // docs: redeem
    await breakwater.senior.redeem(await breakwater.senior.claimableRedeemRequest(0n, owner), owner, owner);
    // end
    expect((await token.balanceOf(owner)) - before).to.be.greaterThan(world.native(wad(999)));
  });

  it("prints the code that ran here, and no other", function () {
    const printed = [...readSource(DOCS).matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1]!.trim());
    const ran = [...readSource(HERE).matchAll(/^ *\/\/ docs: \w+\n([\s\S]*?)^ *\/\/ end$/gm)].map((match) =>
      match[1]!.replace(/^ {4}/gm, "").trim(),
    );
    expect(printed.sort()).to.deep.equal(ran.sort());
  });

  it("names functions and events that exist", function () {
    const known = new Set<string>();
    for (const { abi } of FACTORIES) {
      for (const fragment of new Interface(abi as never).fragments) {
        if ("name" in fragment) known.add(String(fragment.name));
      }
    }
    const prose = readSource(DOCS).replaceAll(/```[\s\S]*?```/g, "");
    const [events = ""] = /## Events[\s\S]*?(?=\n## )/.exec(prose) ?? [];
    const named = [...events.matchAll(/`([A-Z]\w+)`/g)].map((match) => match[1]!);
    expect(named.length).to.be.greaterThan(20);
    expect(named.filter((name) => !known.has(name))).to.deep.equal([]);
  });
});
