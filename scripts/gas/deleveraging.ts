import type { NetworkConnection } from "hardhat/types/network";
import { wad } from "../shared/world.ts";
import { CrowdedMarket, type Measured, sizeFor, tickPrice } from "./crowd.ts";

export type DeleveragingGas = {
  /** Gas of `deleverage` in a shortfall, by open positions: always ten buckets. */
  adlByPositions: Record<string, number>;
  /** By populated buckets: one position each. */
  adlByBuckets: Record<string, number>;
  /** Both sides full of buckets, all of them in profit: `deleverage`, and a liquidation whose deficit reaches them. */
  adlWorstCase: { deleverage: number; liquidate: number };
};

const BUCKETS = 10;
/** USD of LP capital: little, so that a few positions can empty it. */
const CAPITAL = 100_000;
/** Longs opened at 1 are worth 8: the pool's equity is gone, and every bucket is in profit. */
const RISE = 8n;
/** A little more than the smallest position, with as much margin. */
const DUST = 1_010;
const MARGIN = wad(1_500);
/** Ticks an attacker spreads over on each side; 96 buckets are the most there can be. */
const SPREAD = 110;
const MAX_BUCKETS = 192;
/** All that can be listed besides, each with open interest; and how many of them have a mark so old that the call asks. */
const OTHER_MARKETS = 31;
const ASKED = 5;

/** The call is measured as a whole, price, marks and reward included: only positions or buckets differ between figures. */
export async function measureDeleveraging(connect: () => Promise<NetworkConnection>): Promise<DeleveragingGas> {
  const connection = await connect();
  const market = await CrowdedMarket.deploy(connection, CAPITAL);
  const adlByBuckets: Record<string, number> = {};
  for (const buckets of [1, 10, 50, 96]) {
    adlByBuckets[buckets] = await market.aside(() => byBuckets(market, buckets));
  }
  const adlByPositions: Record<string, number> = {};
  let opened = 0;
  for (const positions of [10, 100, 1_000, 10_000]) {
    await fill(market, (positions - opened) / BUCKETS, opened === 0);
    opened = positions;
    adlByPositions[positions] = await market.aside(() => shortfall(market, BUCKETS - 1, BUCKETS, positions));
  }
  await connection.close();
  return { adlByPositions, adlByBuckets, adlWorstCase: await worstCase(await connect()) };
}

async function byBuckets(market: CrowdedMarket, buckets: number): Promise<number> {
  const usd = (0.97 * CAPITAL) / buckets;
  for (let i = 0; i < buckets; i++) {
    await market.setPrice(tickPrice(i));
    await market.open(1, sizeFor(usd, tickPrice(i)), 2n * wad(usd));
  }
  return shortfall(market, buckets - 1, buckets, buckets);
}

/** The same number of positions at each of ten prices, falling: the pool has to have equity while they open. */
async function fill(market: CrowdedMarket, each: number, isFirst: boolean): Promise<void> {
  for (let i = BUCKETS - 1; i >= 0; i--) {
    await market.setPrice(tickPrice(i));
    const usd = isFirst ? CAPITAL / BUCKETS : DUST;
    await market.open(each, sizeFor(usd, tickPrice(i)), isFirst ? 2n * wad(usd) : MARGIN);
  }
}

async function shortfall(market: CrowdedMarket, last: number, buckets: number, positions: number): Promise<number> {
  await market.setPrice(tickPrice(last) * RISE);
  await market.rest();
  return gasOf(await market.deleverage(), buckets, positions);
}

/**
 * Small positions in 110 ticks below a price and in 110 above it, opened on the way up, while one large short holds against
 * the longs with margin for a tenth, and every other market has a position. Back at the price everybody else is in profit, of more than the pool has.
 */
export async function worstCase(connection: NetworkConnection): Promise<DeleveragingGas["adlWorstCase"]> {
  const market = await CrowdedMarket.deploy(connection, CAPITAL / 3);
  await market.openElsewhere(OTHER_MARKETS, tickPrice(0), sizeFor(DUST, tickPrice(0)));
  const longs = Array.from({ length: SPREAD }, (_, i) => sizeFor(DUST, tickPrice(i)));
  const large = longs.reduce((total, size) => total + size, 0n);
  const loser = await market.open(1, -large, wad(15 * DUST));
  for (const [i, size] of longs.entries()) {
    await market.setPrice(tickPrice(i));
    await market.open(1, size, MARGIN);
  }
  const middle = SPREAD + 5;
  const top = middle + 5 + SPREAD;
  for (let i = middle + 5; i < top; i++) await short(market, i);

  const charged = 2 * SPREAD;
  // The first event of a bucket costs most, so each of the two is measured as the first.
  const deleverage = await market.aside(async () => {
    // The large one leaves, and its bucket makes room for one more.
    await market.fund(loser, wad(10_000_000));
    await market.trade(loser, large);
    await short(market, top);
    await fallTo(market, middle);
    await market.markElsewhere(OTHER_MARKETS - ASKED);
    return gasOf(await market.deleverage(), MAX_BUCKETS, charged + 1);
  });
  const liquidate = await market.aside(async () => {
    await fallTo(market, middle);
    // Who is liquidated has held one of the buckets itself.
    return gasOf(await market.liquidate(loser), MAX_BUCKETS - 1, charged);
  });
  await connection.close();
  return { deleverage, liquidate };
}

async function short(market: CrowdedMarket, tick: number): Promise<void> {
  const usd = 16 * DUST;
  await market.setPrice(tickPrice(tick));
  await market.open(1, -sizeFor(usd, tickPrice(tick)), 2n * wad(usd));
}

async function fallTo(market: CrowdedMarket, tick: number): Promise<void> {
  await market.setPrice(tickPrice(tick));
  await market.rest();
}

/** A figure is worth something only if it is for what it says it is. */
function gasOf({ gas, buckets, positions }: Measured, expectedBuckets: number, expectedPositions: number): number {
  if (buckets !== expectedBuckets || positions !== expectedPositions) {
    throw new Error(`${buckets} buckets with ${positions} positions, not ${expectedBuckets} with ${expectedPositions}`);
  }
  return gas;
}
