import { InputError } from "../../shared/inputError.ts";
import type { Rpc } from "./rpc.ts";

/** A second node of another chain would only ever disagree. One that is silent now may answer later. */
export async function checkSecond({ provider, chainId }: Rpc): Promise<void> {
  const served = await provider.send("eth_chainId", []).then(BigInt, () => undefined);
  if (served === undefined || served === chainId) return;
  throw new InputError(`--rpc-second: serves chain ${served}, not ${chainId} as --network does`);
}
