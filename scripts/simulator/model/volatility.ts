import { bitLength, divUp, max, min } from "./math.ts";
import type { Market, Window } from "./types.ts";

const SLOTS = 12n;
const ID_MODULUS = 1n << 16n;
const HOUR = 3_600n;
const SIGNIFICANT_BITS = 17n;

/** 17 significant bits, downwards. */
export function packDown(price: bigint): bigint {
  const shift = bitLength(price) - SIGNIFICANT_BITS;
  return shift > 0n ? (price >> shift) << shift : price;
}

/** 17 significant bits, upwards. */
export function packUp(price: bigint): bigint {
  const shift = bitLength(price) - SIGNIFICANT_BITS;
  return shift > 0n ? ((price + (1n << shift) - 1n) >> shift) << shift : price;
}

/** Adds a price to the window of `now`. */
export function recordPrice(market: Market, price: bigint, now: bigint): readonly (Window | undefined)[] {
  const id = now / market.params.keeperWindow;
  const slot = Number(id % SLOTS);
  const old = market.windows[slot];
  const low = packDown(price);
  const high = packUp(price);
  const tag = id % ID_MODULUS;
  const isSame = old?.id === tag;
  if (isSame && old.min <= low && old.max >= high) return market.windows;
  const windows = market.windows.slice();
  windows[slot] = isSame
    ? { id: tag, min: min(old.min, low), max: max(old.max, high) }
    : { id: tag, min: low, max: high };
  return windows;
}

const HALF_AN_HOUR = 1_800n;

/** Mean of the middles of the windows of the last half hour before `at`, twelve at most; undefined: none was written. */
export function meanPrice({ windows, params }: Market, at: bigint): bigint | undefined {
  const newest = at / params.keeperWindow;
  const back = min(newest, min(SLOTS - 1n, HALF_AN_HOUR / params.keeperWindow));
  const seen: Window[] = [];
  for (let id = newest - back; id <= newest; id++) {
    const window = windows[Number(id % SLOTS)];
    if (window?.id === id % ID_MODULUS) seen.push(window);
  }
  if (seen.length === 0) return undefined;
  return seen.reduce((sum, window) => sum + window.min + window.max, 0n) / BigInt(2 * seen.length);
}

/**
 * `volFactor` times the largest move over two adjacent windows, bps, rounded up. Windows looked at: the present one and
 * those before it, at most 11 and at most one hour back, if they were written.
 */
export function volatilityBps(market: Market, now: bigint): bigint {
  const { keeperWindow, volFactorBps } = market.params;
  const present = now / keeperWindow;
  const cached = cache.get(market.windows);
  if (cached?.present === present && cached.window === keeperWindow && cached.factor === volFactorBps)
    return cached.bps;

  const back = min(SLOTS - 1n, HOUR / keeperWindow);
  let newer: Window | undefined;
  let bps = 0n;
  for (let age = 0n; age <= back && age <= present; age++) {
    const id = present - age;
    const stored = market.windows[Number(id % SLOTS)];
    const window = stored?.id === id % ID_MODULUS ? stored : undefined;
    if (window !== undefined) {
      const low = newer === undefined ? window.min : min(newer.min, window.min);
      const high = newer === undefined ? window.max : max(newer.max, window.max);
      bps = max(bps, divUp(volFactorBps * (high - low), low));
    }
    newer = window;
  }
  cache.set(market.windows, { present, window: keeperWindow, factor: volFactorBps, bps });
  return bps;
}

/** Windows are replaced, never changed, so their identity is a key. */
const cache = new WeakMap<object, { present: bigint; window: bigint; factor: bigint; bps: bigint }>();
