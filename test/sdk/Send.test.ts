import { expect } from "chai";
import { type ErrorCode, makeError, type Signer, type TransactionReceipt } from "ethers";
import { type SendReturnType, send } from "../../scripts/sdk/send.ts";
import { InputError } from "../../scripts/shared/inputError.ts";

const [SENT, OTHER] = [`0x${"11".repeat(32)}`, `0x${"22".repeat(32)}`];
const receiptOf = (status: number) => ({ hash: OTHER, status, gasUsed: 21_000n, blockNumber: 7 }) as TransactionReceipt;

/** A wallet whose transaction ends as `error` says. */
function wallet(error: Error): Signer {
  const sent = { hash: SENT, from: `0x${"33".repeat(20)}`, wait: async () => Promise.reject(error) };
  const provider = { call: async () => "0x" };
  return { provider, estimateGas: async () => 30_000n, sendTransaction: async () => sent } as unknown as Signer;
}

const sendWith = (code: ErrorCode, info: object): Promise<SendReturnType> => {
  const transaction = { to: `0x${"44".repeat(20)}`, data: "0x" };
  return send({ signer: wallet(makeError("as ethers says it\nat length", code, info as never)), transaction });
};
const refusal = async (code: ErrorCode, info: object): Promise<string> => {
  const error = await sendWith(code, info).catch((thrown: unknown) => thrown);
  expect(error).to.be.instanceOf(InputError);
  return (error as Error).message;
};

describe("send", function () {
  describe("when the wallet replaces the transaction", function () {
    const replaced = (reason: string, status = 1) => ({
      reason,
      cancelled: reason !== "repriced",
      hash: OTHER,
      receipt: receiptOf(status),
    });

    it("goes on with the same one for more gas", async function () {
      const { receipt, gas } = await sendWith("TRANSACTION_REPLACED", replaced("repriced"));
      expect(receipt).to.include({ hash: OTHER });
      expect(gas).to.equal(21_000n);
    });

    it("fails if that one does", async function () {
      expect(await refusal("TRANSACTION_REPLACED", replaced("repriced", 0))).to.equal(
        `transaction ${OTHER} failed: state changed between asking and mining; try again`,
      );
    });

    it("says in one line that it was cancelled, or that another took its nonce", async function () {
      expect(await refusal("TRANSACTION_REPLACED", replaced("cancelled"))).to.equal(
        `transaction ${SENT} was cancelled in the wallet by ${OTHER}: nothing was done`,
      );
      expect(await refusal("TRANSACTION_REPLACED", replaced("replaced"))).to.equal(
        `transaction ${SENT} was not done: ${OTHER}, which does something else, has used its nonce`,
      );
    });
  });

  it("names a transaction that is not mined in time", async function () {
    expect(await refusal("TIMEOUT", {})).to.equal(
      `transaction ${SENT} is sent, but was not mined in 120 s: look it up before sending again`,
    );
  });
});
