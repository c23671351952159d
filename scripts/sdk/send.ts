import type { ContractTransaction, Signer, TransactionReceipt } from "ethers";
import { decodeError } from "./errors.ts";

export type SendParameters = {
  /** Any ethers signer: of a browser, of a file, or of a node. Nothing here sees a private key. */
  signer: Signer;
  /** From `contract.method.populateTransaction(…)`, so that the arguments are typed. */
  transaction: Promise<ContractTransaction> | ContractTransaction;
  /** Ask the node what would happen and send nothing. */
  isDryRun?: boolean;
  /** Added to the estimate: state may change before the transaction is mined. */
  gasMarginPercent?: bigint;
};

export type SendReturnType = {
  /** Undefined: a dry run. */
  receipt: TransactionReceipt | undefined;
  /** Of the transaction if it was sent, else the node's estimate. */
  gas: bigint;
};

/**
 * Sends one transaction and waits for it. The estimate comes first, so that a refusal costs nothing and arrives as a
 * ContractError with the contract's own reason.
 */
export async function send({
  signer,
  transaction,
  isDryRun = false,
  gasMarginPercent = 25n,
}: SendParameters): Promise<SendReturnType> {
  try {
    const populated = await transaction;
    const estimate = await signer.estimateGas(populated);
    if (isDryRun) return { receipt: undefined, gas: estimate };
    const gasLimit = (estimate * (100n + gasMarginPercent)) / 100n;
    const receipt = await (await signer.sendTransaction({ ...populated, gasLimit })).wait();
    return { receipt: receipt ?? undefined, gas: receipt?.gasUsed ?? estimate };
  } catch (error) {
    throw decodeError(error);
  }
}
