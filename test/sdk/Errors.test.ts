import { expect } from "chai";
import { AbiCoder, concat, encodeBytes32String, Interface, id } from "ethers";
import { readSources } from "../../scripts/checks/repository.ts";
import { errorFragments } from "../../scripts/sdk/abis.ts";
import { toAccountId } from "../../scripts/sdk/accountId.ts";
import { ContractError, decodeError, decodeRevert, ERROR_NAMES } from "../../scripts/sdk/errors.ts";
import { inputsOf } from "../../scripts/sdk/governedAbis.ts";
import { HINTED } from "../../scripts/sdk/hints.ts";
import { wad } from "../../scripts/shared/world.ts";

const OWNER = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const errors = new Interface(errorFragments());

describe("errors of the SDK", function () {
  it("know every error of the contracts", async function () {
    const sources = await readSources(/^contracts\/(?!mocks\/).*\.sol$/);
    const declared = [...sources.values()].flatMap((source) =>
      [...source.matchAll(/^\s*error (\w+)\(/gm)].map((match) => match[1]!),
    );
    expect(declared.length).to.be.greaterThan(100);
    expect(declared.filter((name) => !ERROR_NAMES.includes(name))).to.deep.equal([]);
  });

  it("hint at no error that does not exist", function () {
    expect(HINTED.filter((name) => !ERROR_NAMES.includes(name))).to.deep.equal([]);
  });

  it("print arguments with their units, and the mend", function () {
    const data = errors.encodeErrorResult("Clearinghouse_AboveWithdrawable", [
      toAccountId(OWNER, 2n),
      wad(12),
      wad(20),
    ]);
    expect(decodeRevert(data)?.message).to.equal(
      `Clearinghouse_AboveWithdrawable(account ${OWNER}/2, has 12.00, needs 20.00): at most 12.00 can leave now; closing positions may free more`,
    );
  });

  it("call parameters as whoever sets them does", function () {
    const outOf = (name: string) =>
      errors.encodeErrorResult("RiskConfig_OutOfBounds", [encodeBytes32String(name), 7, 8, 9]);
    expect(decodeRevert(outOf("penaltyBps"))?.message).to.equal(
      "RiskConfig_OutOfBounds(name penaltyBps, has 7, min 8, max 9)",
    );
    expect(decodeRevert(outOf("minNotionalTimesMmr"))?.message).to.equal(
      "RiskConfig_OutOfBounds(name minNotionalCents, bounded by keeperFloorCapCents and imrBps, has 7, min 8, max 9)",
    );
  });

  it("know every name of a bound as a parameter", async function () {
    const source = [...(await readSources(/^contracts\/governance\/RiskConfig\.sol$/)).values()].join();
    const bounds = [...source.matchAll(/_check\("(\w+)"/g)].map((match) => match[1]!);
    expect(bounds).to.have.lengthOf(30);
    const parameters = ["setMarketParams", "setRiskParams", "restrictOpening"].flatMap((fn) =>
      inputsOf("clearinghouse", fn).flatMap(({ name, components }) => components?.map((part) => part.name) ?? [name]),
    );
    for (const bound of bounds) {
      const data = errors.encodeErrorResult("RiskConfig_OutOfBounds", [encodeBytes32String(bound), 7, 8, 9]);
      const [, shown] = /\(name (\w+)/.exec(decodeRevert(data)!.message)!;
      expect(parameters).to.include(shown!);
    }
  });

  it("tell how long an order may wait, by its kind", function () {
    const late = (max: bigint) =>
      decodeRevert(errors.encodeErrorResult("Orders_DeadlineTooLate", [2n ** 41n - 1n, max]));
    expect(late(1_800_000_000n)?.message).to.match(/max 2027-01-15 08:00:00 UTC\): a market order can wait a day/);
    expect(late(2n ** 40n - 1n)?.message).to.match(/max after the year 9999\): no order can wait as long$/);
  });

  it("find the reason wherever a node puts it", function () {
    const data = errors.encodeErrorResult("Orders_NoOrder", [7n]);
    for (const thrown of [
      { data },
      { info: { error: { data: { data } } } },
      { cause: { error: { data } } },
      new Error(`execution reverted (unknown custom error) (data="${data}")`),
    ]) {
      const decoded = decodeError(thrown);
      expect(decoded).to.be.instanceOf(ContractError);
      expect(decoded).to.include({ error: "Orders_NoOrder" });
      expect((decoded as ContractError).args).to.deep.equal({ orderId: 7n });
    }
  });

  it("leave alone what no contract of ours said", function () {
    const foreign = {
      data: concat([id("Foreign(uint256)").slice(0, 10), AbiCoder.defaultAbiCoder().encode(["uint256"], [1n])]),
    };
    expect(decodeError(foreign)).to.equal(foreign);
    expect(decodeRevert("0x")).to.equal(undefined);
  });
});
