import { keccak256, type Signer, Wallet } from "ethers";
import type { Rpc } from "../chain/rpc.ts";
import type { Sent } from "../state/state.ts";

/** Whoever signs: a key of this process, or an account of the node. */
export type Sender = {
  address: string;
  /** The signed transaction and its hash, before anybody sees it; undefined: the node signs while it sends. */
  sign(sent: Sent): Promise<{ raw: string; hash: string } | undefined>;
  /** Returns the hash. */
  send(rpc: Rpc, sent: Sent, raw: string | undefined): Promise<string>;
};

const hex = (value: string | number | bigint): string => `0x${BigInt(value).toString(16)}`;

export async function createSender(signer: Signer, chainId: bigint): Promise<Sender> {
  const address = await signer.getAddress();
  return {
    address,
    async sign(sent) {
      if (!(signer instanceof Wallet)) return undefined;
      const raw = await signer.signTransaction({
        type: 2,
        chainId,
        nonce: sent.nonce,
        to: sent.to,
        data: sent.data,
        value: BigInt(sent.value),
        gasLimit: BigInt(sent.gasLimit),
        maxFeePerGas: BigInt(sent.maxFee),
        maxPriorityFeePerGas: BigInt(sent.priorityFee),
      });
      return { raw, hash: keccak256(raw) };
    },
    async send(rpc, sent, raw) {
      if (raw !== undefined) return rpc.provider.send("eth_sendRawTransaction", [raw]);
      const transaction = {
        from: address,
        to: sent.to,
        data: sent.data,
        value: hex(sent.value),
        gas: hex(sent.gasLimit),
        nonce: hex(sent.nonce),
        maxFeePerGas: hex(sent.maxFee),
        maxPriorityFeePerGas: hex(sent.priorityFee),
      };
      return rpc.provider.send("eth_sendTransaction", [transaction]);
    },
  };
}
