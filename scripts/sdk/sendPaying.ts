import type { ContractTransaction } from "ethers";
import { InputError } from "../shared/inputError.ts";
import { approve } from "./actions/approve.ts";
import type { Breakwater } from "./contracts.ts";
import { type ChangeParameters, type SendReturnType, send } from "./send.ts";
import { formatExact, fromNative, toNative } from "./units.ts";

export type PayingParameters = ChangeParameters & {
  /** Told once an approval is sent, or would be: what follows it may still be refused. */
  onApproval?: (approval: SendReturnType) => void;
};

export type SendPayingParameters = PayingParameters & {
  /** USD WAD it takes from the signer, rounded down to units of the token. */
  amountUsd: bigint;
  transaction: () => Promise<ContractTransaction>;
};

export type SendPayingReturnType = SendReturnType & {
  /** Of the vault, if it was needed. */
  approval: SendReturnType | undefined;
};

/** Sends what takes dollars from the signer, after approving the vault for exactly these if it may not take them yet. */
export async function sendPaying(
  breakwater: Breakwater,
  { amountUsd, transaction, onApproval, ...how }: SendPayingParameters,
): Promise<SendPayingReturnType> {
  await checkWallet(breakwater, { owner: await how.signer.getAddress(), amountUsd });
  const approval = await approve(breakwater, { amountUsd, ...how });
  if (approval !== undefined) onApproval?.(approval);
  const sent = await send({ ...how, transaction: transaction(), isUnsentBefore: approval !== undefined });
  return { approval, ...sent };
}

/** Before anything is approved or signed for it. */
export async function checkWallet(
  { book, token, scale }: Breakwater,
  { owner, amountUsd }: { owner: string; amountUsd: bigint },
): Promise<void> {
  const has = await token.balanceOf(owner);
  if (has >= toNative(amountUsd, scale)) return;
  const [holds, needed] = [fromNative(has, scale), amountUsd].map((usd) => formatExact(usd, 2));
  const mend = book.addresses.mockToken === undefined ? "" : "; `faucet mint` prints mock dollars";
  throw new InputError(`the wallet of ${owner} holds ${holds} USD, not ${needed}${mend}`);
}
