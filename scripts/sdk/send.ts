import type { ContractTransaction, Provider, Signer, TransactionReceipt, TransactionRequest } from "ethers";
import { InputError } from "../shared/inputError.ts";
import { decodeError } from "./errors.ts";

/** What every change takes besides its own arguments. */
export type ChangeParameters = {
  /** Any ethers signer: of a browser, of a file, or of a node. Nothing here sees a private key. */
  signer: Signer;
  /** Ask the node what would happen and send nothing. */
  isDryRun?: boolean;
};

export type SendParameters = ChangeParameters & {
  /** From `contract.method.populateTransaction(…)`, so that the arguments are typed. */
  transaction: Promise<ContractTransaction> | ContractTransaction;
  /** A dry run has not sent what this one needs, so asking the node would only show that. */
  isUnsentBefore?: boolean;
  /** Wei that goes along: the fee of a price feed. */
  value?: bigint;
  /** Added to the estimate: state may change before the transaction is mined. */
  gasMarginPercent?: bigint;
  /** Seconds to wait for it to be mined. */
  timeout?: number;
};

export type SendReturnType = {
  /** Undefined: a dry run. */
  receipt: TransactionReceipt | undefined;
  /** Of the transaction if it was sent, else the node's estimate; undefined if that depends on a step not sent. */
  gas: bigint | undefined;
};

/**
 * Sends one transaction and waits for it, two minutes unless told otherwise. The estimate comes first, so that a refusal
 * costs nothing and arrives as a ContractError with the contract's own reason.
 */
export async function send({
  signer,
  transaction,
  isDryRun = false,
  isUnsentBefore = false,
  value = 0n,
  gasMarginPercent = 25n,
  timeout = 120,
}: SendParameters): Promise<SendReturnType> {
  try {
    const populated = { ...(await transaction), ...(value > 0n && { value }) };
    if (isDryRun && isUnsentBefore) return { receipt: undefined, gas: undefined };
    const estimate = await signer.estimateGas(populated);
    if (isDryRun) return { receipt: undefined, gas: estimate };
    const gasLimit = (estimate * (100n + gasMarginPercent)) / 100n;
    const sent = await signer.sendTransaction({ ...populated, gasLimit });
    const receipt = await sent.wait(1, timeout * 1_000).catch(async (error: WaitError) => {
      const spedUp = error.code === "TRANSACTION_REPLACED" && error.reason === "repriced" ? error.receipt : undefined;
      if (spedUp?.status === 1) return spedUp;
      const request = { ...populated, from: sent.from, gasLimit };
      throw await afterSending(error, sent.hash, timeout, signer.provider, request);
    });
    return { receipt: receipt ?? undefined, gas: receipt?.gasUsed ?? estimate };
  } catch (error) {
    throw decodeError(error);
  }
}

/** What ethers throws while it waits. */
type WaitError = {
  code?: string;
  /** Why it was replaced: "repriced" is the same call, "cancelled" a transfer to oneself, "replaced" anything else. */
  reason?: string;
  receipt?: TransactionReceipt;
};

/** It is out: say which one it is, and why it failed if that can still be found out. */
async function afterSending(
  error: WaitError,
  sent: string,
  timeout: number,
  provider: Provider | null,
  request: TransactionRequest,
): Promise<unknown> {
  const { code, reason, receipt } = error;
  if (code === "TIMEOUT") {
    return new InputError(
      `transaction ${sent} is sent, but was not mined in ${timeout} s: look it up before sending again`,
    );
  }
  const isReplaced = code === "TRANSACTION_REPLACED";
  if (isReplaced && reason === "cancelled") {
    return new InputError(`transaction ${sent} was cancelled in the wallet by ${receipt?.hash}: nothing was done`);
  }
  if (isReplaced && reason !== "repriced") {
    return new InputError(
      `transaction ${sent} was not done: ${receipt?.hash}, which does something else, has used its nonce`,
    );
  }
  if ((code !== "CALL_EXCEPTION" && !isReplaced) || provider === null) return error;
  // A receipt has no reason; the same call at the same state has.
  const why = await provider.call({ ...request, blockTag: receipt?.blockNumber }).catch((refused) => refused);
  const decoded = typeof why === "string" ? undefined : decodeError(why);
  const hash = receipt?.hash ?? sent;
  return decoded ?? new InputError(`transaction ${hash} failed: state changed between asking and mining; try again`);
}
