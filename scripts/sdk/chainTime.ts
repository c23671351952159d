import type { ContractRunner, Provider } from "ethers";

/** Unix seconds of the latest block: deadlines are held against the chain's clock, which on a chain of one's own may be ahead. */
export async function chainTime(runner: ContractRunner | Provider | null): Promise<bigint> {
  const block = await runner?.provider?.getBlock("latest");
  return BigInt(block?.timestamp ?? Math.floor(Date.now() / 1_000));
}
