/** The two sides of a market on a chain in this process, and the contracts' own haircut on them. */
import hre from "hardhat";
import type { HaircutHarness } from "../../../typechain-types/index.ts";

/** What is put into the sides: base units and USD, WAD. */
export type Held = { isLong: boolean; size: bigint; cost: bigint };

export type Haircut = {
  /** Fraction of profit withheld, WAD. */
  haircut: bigint;
  /** Profit of the buckets reached, and what was withheld. USD, WAD. */
  profit: bigint;
  collected: bigint;
  buckets: number;
  positions: number;
  /** Buckets there were, reached or not. */
  populated: number;
  gas: number;
  /** By position, in the order given: profit withheld at its replay, and what it may claim back. */
  cuts: bigint[];
  lost: bigint[];
};

export type Sides = {
  /** A fresh market with these positions, and one haircut at `price` that is to raise `need`. */
  deleverage(held: readonly Held[], price: bigint, need: bigint): Promise<Haircut>;
  close(): Promise<void>;
};

/** Positions a transaction inserts or replays: under the cap on its gas with room to spare. */
const BATCH = 40;
const GAS = { gasLimit: 16_000_000n };

export async function openSides(): Promise<Sides> {
  const connection = await hre.network.create();
  const deleverage = async (held: readonly Held[], price: bigint, need: bigint): Promise<Haircut> => {
    const market = (await connection.ethers.deployContract("HaircutHarness")) as unknown as HaircutHarness;
    // Longs first: positions are numbered as they come.
    const order = [true, false].flatMap((isLong) => [...held.keys()].filter((i) => held[i]!.isLong === isLong));
    for (const batch of batches(order, held)) {
      const [sizes, costs] = [batch.map((i) => held[i]!.size), batch.map((i) => held[i]!.cost)];
      await market.insert(held[batch[0]!]!.isLong, sizes, costs, GAS);
    }
    const populated = Number(await market.buckets());
    const receipt = await (await market.haircut(price, need, GAS)).wait();
    const taken = await market.taken();
    const [cuts, lost] = [held.map(() => 0n), held.map(() => 0n)];
    for (let from = 0; from < order.length; from += BATCH) {
      const batch = order.slice(from, from + BATCH);
      const replayed = await market.replay(from, from + batch.length);
      for (const [i, position] of batch.entries()) {
        [cuts[position], lost[position]] = [replayed.cuts[i]!, replayed.lost[i]!];
      }
    }
    const { haircut, profit, collected } = taken;
    const counts = { buckets: Number(taken.buckets), positions: Number(taken.positions), populated };
    return { haircut, profit, collected, ...counts, gas: Number(receipt!.gasUsed), cuts, lost };
  };
  return { deleverage, close: () => connection.close() };
}

/** A batch is of one side. */
function batches(order: readonly number[], held: readonly Held[]): number[][] {
  const cut: number[][] = [];
  for (const i of order) {
    const last = cut.at(-1);
    if (last === undefined || last.length === BATCH || held[last[0]!]!.isLong !== held[i]!.isLong) cut.push([i]);
    else last.push(i);
  }
  return cut;
}
