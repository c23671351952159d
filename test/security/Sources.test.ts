import { expect } from "chai";
import hre from "hardhat";
import { readSources, withoutComments } from "../../scripts/checks/repository.ts";
import type { System } from "../../scripts/shared/deploySystem.ts";
import { plainStage } from "../integration/stage.ts";
import { changingFunctions } from "./cast.ts";

const connection = await hre.network.create();
const { ethers, networkHelpers } = connection;

/** Contracts of a deployment that are the protocol's. */
const OURS = [
  "vault",
  "pool",
  "senior",
  "junior",
  "insurance",
  "waterfall",
  "clearinghouse",
  "orders",
  "oracle",
  "chainlink",
  "steward",
] as const satisfies readonly (keyof System)[];

/** Slots of EIP-1967: implementation, admin, beacon. */
const PROXY_SLOTS = ["implementation", "admin", "beacon"].map(
  (name) => BigInt(ethers.id(`eip1967.proxy.${name}`)) - 1n,
);

describe("Sources", function () {
  async function plain() {
    return plainStage(connection);
  }

  /** Where a pattern occurs in what is deployed with real money. */
  async function uses(pattern: RegExp): Promise<string[]> {
    const sources = await readSources(/^contracts\/(?!mocks\/).*\.sol$/);
    return [...sources].filter(([, text]) => pattern.test(withoutComments(text))).map(([file]) => file);
  }

  it("one quote token: whoever names a token names the vault's, and no call brings another [C7]", async function () {
    const stage = await networkHelpers.loadFixture(plain);
    const token = await stage.vault.TOKEN();
    for (const shares of [stage.senior, stage.junior, stage.insurance]) expect(await shares.asset()).to.equal(token);
    for (const name of OURS) {
      for (const { name: called, inputs } of changingFunctions(stage[name])) {
        for (const input of inputs)
          expect(/token|asset$|collateral/i.test(input.name), `${called}(${input.name})`).to.equal(false);
      }
    }
  });

  it("nobody's authority comes from who began the transaction [C39]", async function () {
    expect(await uses(/\btx\.origin\b/)).to.deep.equal([]);
  });

  it("no contract that holds money makes a call it was told to make [C33]", async function () {
    // By hand: a probe of a feed, read-only. A refund of ether: to whoever sent it. Nothing else, and nothing with data.
    expect(await uses(/\.call\{|\.call\(|functionCall|delegatecall/)).to.deep.equal([]);
    const probes = ["contracts/oracle/CircuitBreaker.sol", "contracts/oracle/OracleRouter.sol"];
    expect(await uses(/\.staticcall/)).to.deep.equal(probes);
    expect((await uses(/sendValue/)).every((file) => /^contracts\/(oracle|orders)\//.test(file))).to.equal(true);
    expect(await uses(/\bforceApprove|\.approve\(|safeIncreaseAllowance/)).to.deep.equal([]);
  });

  it("money is never counted without overflow checks [C34]", async function () {
    // A count that must not stop a liquidation, and a volatility of bounded prices: neither is money.
    const counts = ["contracts/liquidation/LiquidationLib.sol", "contracts/market/VolatilityLib.sol"];
    expect(await uses(/\bunchecked\b/)).to.deep.equal(counts);
  });

  it("time is seconds, never blocks [C40]", async function () {
    expect(await uses(/\bblock\.number\b|\bblockhash\b/)).to.deep.equal([]);
  });

  it("what is deployed is what runs: no proxy, no initializer, no way to another code [C40]", async function () {
    const stage = await networkHelpers.loadFixture(plain);
    expect(await uses(/selfdestruct|Upgradeable|ERC1967|\binitializer\b/)).to.deep.equal([]);
    for (const name of OURS) {
      for (const { name: called } of changingFunctions(stage[name])) {
        expect(/^(initialize|upgrade)/.test(called), `${name}.${called}`).to.equal(false);
      }
      for (const slot of PROXY_SLOTS) {
        expect(BigInt(await ethers.provider.getStorage(stage[name], slot)), name).to.equal(0n);
      }
    }
  });
});
