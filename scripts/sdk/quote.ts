import type { Breakwater } from "./contracts.ts";
import { WAD } from "./units.ts";

/** A market whose skew scale is this has no price impact (`NO_IMPACT` of contracts/types/Market.sol). */
const NO_IMPACT = 2n ** 128n - 1n;
/** Acceptable to a buy at any price. */
export const ANY_PRICE = 2n ** 256n - 1n;

export type Skewed = { params: { skewScaleBase: bigint }; long: { sizeBase: bigint }; short: { sizeBase: bigint } };

/**
 * Price a trade of `sizeDelta` fills at now: `P * (1 + (2 * skew + d) / (2 * scale))`, rounded against the trader. USD per
 * base unit WAD.
 */
export function fillPrice({ params, long, short }: Skewed, price: bigint, sizeDelta: bigint): bigint {
  if (params.skewScaleBase === NO_IMPACT) return price;
  const skew = long.sizeBase - short.sizeBase;
  const impact = price * (2n * skew + sizeDelta);
  const scale = 2n * params.skewScaleBase;
  // Up for who buys, down for who sells: BigInt division rounds to zero.
  const isUp = sizeDelta > 0n === impact > 0n && impact % scale !== 0n;
  return price + impact / scale + (isUp ? (impact > 0n ? 1n : -1n) : 0n);
}

/** `price` worsened by `slippage`, a WAD fraction, for whoever trades `sizeDelta`. */
export function acceptablePrice(price: bigint, sizeDelta: bigint, slippage: bigint): bigint {
  const room = (price * slippage) / WAD;
  if (sizeDelta > 0n) return price + room;
  return room < price ? price - room : 0n;
}

export type Quote = {
  /** Of the oracle, USD per base unit WAD. */
  price: bigint;
  /** With impact. */
  fill: bigint;
  /** Rounded up, USD WAD. */
  fee: bigint;
};

/** What a trade would fill at now. Nothing says that it passes the checks of the clearinghouse. */
export async function quote(
  { clearinghouse, oracle }: Breakwater,
  { market, sizeDelta }: { market: number; sizeDelta: bigint },
): Promise<Quote> {
  const [seen, [price]] = await Promise.all([clearinghouse.market(market), oracle.priceFor(market, 0)]);
  const fill = fillPrice(seen, price, sizeDelta);
  const size = sizeDelta < 0n ? -sizeDelta : sizeDelta;
  // Of the notional without impact.
  const fee = divUp(divUp(size * price, WAD) * seen.params.feeBps, 10_000n);
  return { price, fill, fee };
}

function divUp(value: bigint, by: bigint): bigint {
  return (value + by - 1n) / by;
}
