import type { Log, Provider } from "ethers";

/**
 * Every log of one contract from a block on. Nodes limit how many blocks one question may span, each in its own way: a
 * refused span is halved, down to a block.
 */
export async function logsOf(provider: Provider, address: string, fromBlock: number, topics: string[] = []) {
  const read = async (from: number, to: number): Promise<Log[]> => {
    try {
      return await provider.getLogs({ address, fromBlock: from, toBlock: to, topics: topics.length ? [topics] : [] });
    } catch (error) {
      if (from >= to) throw error;
      const middle = Math.floor((from + to) / 2);
      return [...(await read(from, middle)), ...(await read(middle + 1, to))];
    }
  };
  return read(fromBlock, await provider.getBlockNumber());
}
