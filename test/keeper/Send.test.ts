import { expect } from "chai";
import { AbiCoder, JsonRpcProvider, makeError } from "ethers";
import fc from "fast-check";
import { readSources } from "../../scripts/checks/repository.ts";
import { isPassing } from "../../scripts/keeper/chain/errors.ts";
import { lastWords } from "../../scripts/keeper/lastWords.ts";
import { createLog } from "../../scripts/keeper/log.ts";
import { bumpFees, firstFees } from "../../scripts/keeper/send/fees.ts";
import { freeNonces, gaps } from "../../scripts/keeper/send/nonces.ts";
import { packOrders } from "../../scripts/keeper/send/packOrders.ts";
import { verdictOf } from "../../scripts/keeper/send/verdict.ts";
import { ERROR_NAMES } from "../../scripts/sdk/errors.ts";
import { InputError } from "../../scripts/shared/inputError.ts";
import { describeError } from "../../scripts/shared/secrets.ts";

const GWEI = 10n ** 9n;

describe("fees", function () {
  it("leave room for the base fee to double, never beyond the cap", function () {
    expect(firstFees({ baseFee: 10n * GWEI, priorityFee: GWEI, cap: 100n * GWEI })).to.deep.equal({
      maxFee: 21n * GWEI,
      priorityFee: GWEI,
    });
    expect(firstFees({ baseFee: 10n * GWEI, priorityFee: GWEI, cap: 15n * GWEI })?.maxFee).to.equal(15n * GWEI);
    expect(firstFees({ baseFee: 15n * GWEI, priorityFee: GWEI, cap: 15n * GWEI })).to.equal(undefined);
  });

  it("replace at an eighth more on both at least, within the cap, or not at all", function () {
    const fee = fc.bigInt(1n, 1_000n * GWEI);
    fc.assert(
      fc.property(fee, fee, fee, fee, fee, (maxFee, tip, baseFee, priorityFee, cap) => {
        const before = { maxFee, priorityFee: tip < maxFee ? tip : maxFee };
        const after = bumpFees(before, { baseFee, priorityFee, cap });
        if (after === undefined) return;
        expect(after.maxFee <= cap && after.priorityFee <= after.maxFee).to.equal(true);
        expect(after.maxFee * 1_000n >= before.maxFee * 1_125n).to.equal(true);
        expect(after.priorityFee * 1_000n >= before.priorityFee * 1_125n).to.equal(true);
        expect(after.maxFee >= baseFee + priorityFee || after.maxFee === cap).to.equal(true);
      }),
    );
  });
});

describe("nonces", function () {
  const take = (count: number, parameters: Parameters<typeof freeNonces>[0]): number[] => {
    const free = freeNonces(parameters);
    return Array.from({ length: count }, () => free.next().value as number);
  };

  it("go on after what was mined, what waits, and what is ours", function () {
    expect(take(2, { mined: 5, pending: 5, own: [] })).to.deep.equal([5, 6]);
    expect(take(2, { mined: 5, pending: 7, own: [] })).to.deep.equal([7, 8]);
    expect(take(2, { mined: 5, pending: 7, own: [5, 6, 7] })).to.deep.equal([8, 9]);
  });

  it("fill a gap first", function () {
    const withGap = { mined: 5, pending: 6, own: [5, 7, 9] };
    expect(take(3, withGap)).to.deep.equal([6, 8, 10]);
    expect(gaps(withGap)).to.deep.equal([6, 8]);
    expect(gaps({ mined: 5, pending: 8, own: [5, 6, 7] })).to.deep.equal([]);
    expect(gaps({ mined: 5, pending: 5, own: [] })).to.deep.equal([]);
  });
});

describe("batches of orders", function () {
  const estimated = (...gas: bigint[]) =>
    gas.map((one, i) => {
      return { order: { id: BigInt(i), account: 1n, market: 0, feeUsd: 0n, proof: "0x", value: 0n }, gas: one };
    });
  const packed = (maxGas: bigint, ...gas: bigint[]) =>
    packOrders(estimated(...gas), maxGas).map(({ orders, gasLimit }) => [orders.length, gasLimit]);

  it("leave what the contract wants to have left for each of its orders", function () {
    expect(packed(15_000_000n, 300_000n)).to.deep.equal([[1, 390_000n]]);
    expect(packed(15_000_000n, 3_200_000n, 200_000n)).to.deep.equal([[2, 5_500_000n]]);
    expect(packed(15_000_000n, ...Array(16).fill(3_200_000n))).to.deep.equal([[16, 13_900_000n]]);
  });

  it("are split where they would take more than --max-gas", function () {
    expect(packed(6_200_000n, ...Array(7).fill(3_200_000n))).to.deep.equal([
      [3, 6_100_000n],
      [3, 6_100_000n],
      [1, 4_160_000n],
    ]);
    // Not even two: each by itself, with what is allowed.
    expect(packed(4_000_000n, 3_200_000n, 3_200_000n)).to.deep.equal([
      [1, 4_000_000n],
      [1, 4_000_000n],
    ]);
  });

  it("lose no order and never go above it", function () {
    const maxGas = fc.bigInt(4_000_000n, 16_000_000n);
    const gases = fc.array(fc.bigInt(100_000n, 4_000_000n), { maxLength: 40 });
    fc.assert(
      fc.property(maxGas, gases, (limit, all) => {
        const batches = packOrders(estimated(...all), limit);
        expect(batches.flatMap(({ orders }) => orders.map(({ id }) => Number(id)))).to.deep.equal([...all.keys()]);
        expect(batches.every(({ gasLimit }) => gasLimit <= limit)).to.equal(true);
      }),
    );
  });
});

describe("verdicts", function () {
  it("name errors that exist", async function () {
    const source = [...(await readSources(/^scripts\/keeper\/send\/verdict\.ts$/)).values()][0]!;
    const races = [...source.matchAll(/^ {2}"(\w+)",/gm)].map((match) => match[1]!);
    expect(races.length).to.be.greaterThan(10);
    expect(races.filter((name) => !ERROR_NAMES.includes(name))).to.deep.equal([]);
  });

  it("hold nothing against a target where the account has too little ether", function () {
    const error = makeError("insufficient funds", "INSUFFICIENT_FUNDS", { transaction: {} } as never);
    expect(verdictOf(error)).to.deep.equal({ kind: "wait", reason: "too little ether" });
  });

  it("hold against a target what they do not know", function () {
    expect(verdictOf(new Error("execution reverted\nmore"))).to.deep.equal({
      kind: "failure",
      reason: "execution reverted",
    });
  });
});

describe("errors of RPCs", function () {
  it("pass where the node is at fault, and stop the keeper where nobody knows", function () {
    expect(isPassing(Object.assign(new Error("x"), { code: "SERVER_ERROR" }))).to.equal(true);
    expect(isPassing(Object.assign(new Error("connect"), { code: "ECONNREFUSED" }))).to.equal(true);
    expect(isPassing(new Error("header not found"))).to.equal(true);
    expect(isPassing(Object.assign(new Error("timeout"), { code: "CALL_EXCEPTION" }))).to.equal(false);
    expect(isPassing(new TypeError("undefined is not a function"))).to.equal(false);
  });

  it("pass where a node has not got the block yet, and not where a contract refuses", function () {
    const provider = new JsonRpcProvider("http://127.0.0.1:1", 1, { staticNetwork: true });
    const thrown = (method: string, error: { code: number; message: string; data?: string }) =>
      provider.getRpcError({ method, params: [{}], id: 1, jsonrpc: "2.0" }, { id: 1, error });
    const reason = `0x08c379a0${AbiCoder.defaultAbiCoder().encode(["string"], ["header not found"]).slice(2)}`;
    for (const method of ["eth_call", "eth_estimateGas", "eth_getBalance"]) {
      for (const message of [
        "header not found",
        "missing trie node 12 (path )",
        "Your app has exceeded its capacity",
      ]) {
        expect(isPassing(thrown(method, { code: -32_000, message })), `${method}: ${message}`).to.equal(true);
      }
    }
    for (const method of ["eth_call", "eth_estimateGas"]) {
      expect(isPassing(thrown(method, { code: 3, message: "execution reverted" }))).to.equal(false);
      const said = { code: 3, message: "execution reverted: header not found", data: reason };
      expect(isPassing(thrown(method, said))).to.equal(false);
    }
    provider.destroy();
  });

  it("are told without what follows the host", function () {
    const error = new Error('server response 500 (requestUrl="https://eth.example/v2/s3cret?key=1", x)\nstack');
    expect(describeError(error)).to.equal('server response 500 (requestUrl="https://eth.example", x)');
  });
});

describe("last words", function () {
  it("are one line about what the operator can mend, and where it was about what nobody foresaw", function () {
    expect(lastWords(new InputError("--state x: cannot be written (ENOSPC)"))).to.deep.equal({
      code: 1,
      text: "--state x: cannot be written (ENOSPC)",
    });
    const { code, text } = lastWords(new TypeError("no answer of https://eth.example/v2/s3cret\nand more"));
    expect(code).to.equal(2);
    expect(text.split("\n")[0]).to.equal("keeper stopped: no answer of https://eth.example");
    expect(text).to.match(/\n\s+at .*Send\.test\.ts/);
    expect(text).not.to.include("s3cret");
    expect(lastWords("https://eth.example/v2/s3cret").text).to.equal("keeper stopped: https://eth.example");
  });
});

describe("signed transactions", function () {
  const raw = `0x02f8${"6b".repeat(300)}`;

  it("are not told with the error of the node that did not take them", function () {
    for (const error of [
      makeError("insufficient funds", "INSUFFICIENT_FUNDS", { transaction: raw } as never),
      makeError("could not coalesce error", "UNKNOWN_ERROR", { payload: { params: [raw] } } as never),
      new Error(`rejected: ${raw.slice(2)}`),
    ]) {
      expect(describeError(error)).not.to.contain("6b".repeat(8));
      expect(describeError(error)).to.match(/^(insufficient funds|could not coalesce error|rejected)/);
    }
  });

  it("are in no line of the log", function () {
    const lines: string[] = [];
    const log = createLog({ level: "info", isPretty: false, secrets: [], write: (line) => lines.push(line) });
    const hash = `0x${"ab".repeat(32)}`;
    log.warn({ params: [raw], hash }, `not taken: ${raw}`);
    expect(lines[0]).not.to.contain("6b".repeat(8));
    expect(JSON.parse(lines[0]!)).to.include({ hash });
  });
});

describe("log of the keeper", function () {
  it("shows no secret, wherever it was put", function () {
    const lines: string[] = [];
    const key = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
    for (const isPretty of [false, true]) {
      const log = createLog({
        level: "info",
        isPretty,
        secrets: [key, "hunter2hunter2"],
        write: (line) => lines.push(line),
      });
      log.info({ privateKey: "something", nested: { url: "https://u:hunter2hunter2@a.example/b" } }, "one");
      log.error({ error: new Error(`bad https://a.example/v2/abc ${key}`) }, `0x${key} hunter2hunter2`);
      log.info({ raw: "0x02f8" }, "https://a.example/v2/abc");
    }
    const text = lines.join("");
    for (const secret of [key, "hunter2", "something", "/v2", "/b", "0x02f8"]) expect(text).not.to.contain(secret);
    expect(text).to.contain("https://a.example");
    expect(lines).to.have.length(6);
  });
});
