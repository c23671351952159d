import type { Signer } from "ethers";
import { chainTime } from "../chainTime.ts";
import type { Breakwater } from "../contracts.ts";
import { type OrderRequest, toOrderRequest } from "../order.ts";

export type SignOrderParameters = {
  signer: Signer;
  request: OrderRequest;
  /** Any number the signer has not used yet; a random one unless given. */
  nonce?: bigint;
  /** Unix seconds until which it may be submitted; an hour from now unless given. */
  signatureDeadline?: bigint;
};

/** All that `submitSignedOrder` needs; it can be handed to anybody. */
export type SignedOrder = {
  request: OrderRequest;
  nonce: bigint;
  signatureDeadline: bigint;
  signer: string;
  signature: string;
};

export type SignOrderReturnType = SignedOrder;

/** The struct of `contracts/orders/OrderLib.sol`, as wallets show it. */
export const ORDER_TYPES = {
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

/**
 * Signs an order (EIP-712) without sending anything: whoever has it may submit it, and the signer's dollars pay its fee.
 *
 * @example
 * const signed = await signOrder(breakwater, { signer, request });
 */
export async function signOrder(
  { book, orders }: Breakwater,
  { signer, request, ...given }: SignOrderParameters,
): Promise<SignOrderReturnType> {
  const nonce = given.nonce ?? randomNonce();
  const signatureDeadline = given.signatureDeadline ?? (await chainTime(signer)) + 3_600n;
  const address = await signer.getAddress();
  const domain = {
    name: "Breakwater Orders",
    version: "1",
    chainId: book.chainId,
    verifyingContract: await orders.getAddress(),
  };
  const message = { ...toOrderRequest(request), signer: address, nonce, signatureDeadline };
  const signature = await signer.signTypedData(domain, ORDER_TYPES, message);
  return { request, nonce, signatureDeadline, signer: address, signature };
}

/** 48 bits: a nonce needs no order, only to be new. */
function randomNonce(): bigint {
  return BigInt(Math.floor(Math.random() * 2 ** 48));
}
