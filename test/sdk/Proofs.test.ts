import { expect } from "chai";
import { AbiCoder, type ContractRunner, Interface } from "ethers";
import { firstRoundAfter } from "../../scripts/sdk/actions/firstRoundAfter.ts";
import { type ProofSources, proofFor } from "../../scripts/sdk/actions/proofFor.ts";
import type { SourceKind } from "../../scripts/sdk/actions/sourceKind.ts";
import { adaptivePages } from "../../scripts/sdk/adaptivePages.ts";
import type { Breakwater } from "../../scripts/sdk/contracts.ts";
import { givenUpdates } from "../../scripts/sdk/pythPrices.ts";

const FEED = new Interface([
  "function latestRoundData() view returns (uint80, int256, uint256, uint256, uint80)",
  "function getRoundData(uint80) view returns (uint80, int256, uint256, uint256, uint80)",
]);
const PHASE = 5n << 64n;
const coder = AbiCoder.defaultAbiCoder();

/** A feed whose rounds of the fifth phase were published at these times; how often it was asked. */
function feedOf(times: number[]) {
  const asked = { count: 0 };
  const runner = {
    async call({ data }: { data: string }): Promise<string> {
      asked.count += 1;
      const { name, args } = FEED.parseTransaction({ data })!;
      const round = name === "latestRoundData" ? PHASE + BigInt(times.length) : (args[0] as bigint);
      const at = times[Number(round - PHASE) - 1];
      if (at === undefined) throw new Error(`no round ${round}`);
      return FEED.encodeFunctionResult(name, [round, 1n, at, at, round]);
    },
  } as unknown as ContractRunner;
  const aggregator = `0x${"11".repeat(20)}`;
  return { asked, first: (earliest: bigint) => firstRoundAfter({ runner, aggregator, earliest }) };
}

describe("firstRoundAfter", function () {
  it("finds the round whose predecessor is too early, among many with few questions", async function () {
    const { asked, first } = feedOf(Array.from({ length: 5_000 }, (_, i) => 1_000 + 10 * i));
    expect(await first(2_000n)).to.equal(PHASE + 101n);
    expect(await first(2_001n)).to.equal(PHASE + 102n);
    expect(asked.count).to.be.below(32);
  });

  it("finds none before one is late enough, nor where the first of its phase would be", async function () {
    const { first } = feedOf([100, 110, 120]);
    expect(await first(121n)).to.equal(undefined);
    expect(await first(120n)).to.equal(PHASE + 3n);
    expect(await first(110n)).to.equal(PHASE + 2n);
    expect(await first(101n)).to.equal(PHASE + 2n);
    expect(await first(100n)).to.equal(undefined);
  });
});

describe("proofFor", function () {
  const [ID, UPDATE] = [`0x${"ab".repeat(32)}`, "0xc0ffee"];
  const feed = { aggregator: ID.slice(0, 42), id: ID };
  const source = { runner: {}, feedOf: async () => feed, updateFee: async (data: string[]) => BigInt(data.length) };
  const breakwater = {
    book: { symbols: new Map([[0, "ETH"]]), addresses: {} },
    chainlink: source,
    pyth: source,
  } as unknown as Breakwater;
  const ask = (kind: SourceKind, sources: ProofSources = {}) =>
    proofFor(breakwater, { market: 0, earliest: 7n, kind, ...sources });

  it("encodes the round of a push feed, which asks for no fee", async function () {
    const proof = coder.encode(["uint80"], [PHASE + 3n]);
    expect(await ask("chainlink", { firstRound: async () => PHASE + 3n })).to.deep.equal({ proof, fee: 0n });
  });

  it("encodes the updates of a pull feed, with what they cost", async function () {
    const proof = coder.encode(["bytes[]"], [[UPDATE]]);
    expect(await ask("pyth", { pyth: givenUpdates([UPDATE]) })).to.deep.equal({ proof, fee: 1n });
  });

  it("says what is missing", async function () {
    const silent = { at: async () => undefined, latest: async () => undefined };
    for (const [found, words] of [
      [await ask("chainlink", { firstRound: async () => undefined }), /^no round of ETH proves .*: wait for the next$/],
      [await ask("pyth"), /^ETH has a pull feed: its signed update published at 7 or right after is needed/],
      [await ask("pyth", { pyth: silent }), /^ETH has a pull feed/],
      [await ask("unknown"), /^ETH has a source that no proof is known for$/],
    ] as const) {
      expect("missing" in found && found.missing).to.match(words);
    }
  });
});

describe("adaptivePages", function () {
  /** A node that answers for so many blocks at most, each with one item. */
  const node = (most: number, seen: [number, number][] = []) => ({
    seen,
    read: async (from: number, to: number) => {
      if (to - from + 1 > most) throw new Error("range too wide");
      seen.push([from, to]);
      return Array.from({ length: to - from + 1 }, (_, i) => from + i);
    },
  });
  async function all(pages: AsyncGenerator<{ items: number[] }>): Promise<number[]> {
    const found: number[] = [];
    for await (const { items } of pages) found.push(...items);
    return found;
  }
  const range = Array.from({ length: 9_990 }, (_, i) => 11 + i);

  for (const most of [100_000, 1_999, 300, 1]) {
    it(`reads every block once, in order, from a node that bears ${most}`, async function () {
      const to = most === 1 ? 40 : 10_000;
      const { read } = node(most);
      expect(await all(adaptivePages({ from: 11, to, read }))).to.deep.equal(range.slice(0, to - 10));
    });

    it(`reads every block once, newest page first, from a node that bears ${most}`, async function () {
      const to = most === 1 ? 40 : 10_000;
      const { read, seen } = node(most);
      const found = await all(adaptivePages({ from: 11, to, read, isNewestFirst: true }));
      expect([...found].sort((a, b) => a - b)).to.deep.equal(range.slice(0, to - 10));
      expect(seen[0]![1]).to.equal(to);
      expect(seen.every(([, last], i) => i === 0 || last === seen[i - 1]![0] - 1)).to.equal(true);
    });
  }

  it("asks for nothing beyond what its reader wants to see", async function () {
    const { read, seen } = node(100_000);
    for await (const _ of adaptivePages({ from: 0, to: 100_000, read, isNewestFirst: true })) break;
    expect(seen).to.deep.equal([[98_001, 100_000]]);
  });

  it("gives up where not even one block can be had, with the node's own error", async function () {
    const { read } = node(0);
    const error = await all(adaptivePages({ from: 0, to: 9, read })).catch((thrown: Error) => thrown.message);
    expect(error).to.equal("range too wide");
  });
});
