import { Signature, type TypedDataDomain } from "ethers";
import { chainTime } from "../chainTime.ts";
import type { Breakwater } from "../contracts.ts";
import { type ChangeParameters, type SendReturnType, send } from "../send.ts";
import { checkWallet } from "../sendPaying.ts";
import { toNative } from "../units.ts";

export type DepositWithPermitParameters = ChangeParameters & {
  account: bigint;
  /** USD WAD, rounded down to units of the token. */
  amountUsd: bigint;
  /** Unix seconds until which the permit counts; an hour from now unless given. */
  deadline?: bigint;
};

export type DepositWithPermitReturnType = SendReturnType;

const PERMIT = {
  Permit: [
    { name: "owner", type: "address" },
    { name: "spender", type: "address" },
    { name: "value", type: "uint256" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
};

/**
 * As `deposit`, but the approval is a signature (EIP-2612), so there is one transaction instead of two. The token has to
 * know permits.
 *
 * @example
 * await depositWithPermit(breakwater, { signer, account, amountUsd: parseWad("5000", "amount") });
 */
export async function depositWithPermit(
  breakwater: Breakwater,
  { account, amountUsd, deadline, ...how }: DepositWithPermitParameters,
): Promise<DepositWithPermitReturnType> {
  const { book, token, vault, clearinghouse, scale } = breakwater;
  const amount = toNative(amountUsd, scale);
  const owner = await how.signer.getAddress();
  await checkWallet(breakwater, { owner, amountUsd });
  const until = deadline ?? (await chainTime(how.signer)) + 3_600n;
  const [spender, verifyingContract, nonce] = await Promise.all([
    vault.getAddress(),
    token.getAddress(),
    token.nonces(owner),
  ]);
  const domain = { ...(await nameOf(token)), chainId: book.chainId, verifyingContract };
  const message = { owner, spender, value: amount, nonce, deadline: until };
  const { v, r, s } = Signature.from(await how.signer.signTypedData(domain, PERMIT, message));
  const transaction = clearinghouse.depositWithPermit.populateTransaction(account, amount, until, v, r, s);
  return send({ ...how, transaction });
}

/** Tokens that do not tell their domain (ERC-5267) have their name and version "1" in it. */
async function nameOf(token: Breakwater["token"]): Promise<TypedDataDomain> {
  try {
    const { name, version } = await token.eip712Domain();
    return { name, version };
  } catch {
    return { name: await token.name(), version: "1" };
  }
}
