/**
 * Integer arithmetic that names its rounding side, on bigint: no overflow, no precision to lose but the one written down.
 * Down and Up are towards zero and away from it; Floor and Ceil towards minus and plus infinity. Divisors are positive.
 */

export const WAD = 10n ** 18n;
export const BPS = 10_000n;
/** USD cents to WAD. */
export const CENT = 10n ** 16n;
export const DAY = 86_400n;
export const WEEK = 7n * DAY;

/** Towards zero. */
export const divDown = (a: bigint, b: bigint): bigint => a / b;

/** Away from zero. */
export function divUp(a: bigint, b: bigint): bigint {
  const q = a / b;
  if (q * b === a) return q;
  return a > 0n ? q + 1n : q - 1n;
}

/** Towards minus infinity. */
export function divFloor(a: bigint, b: bigint): bigint {
  const q = a / b;
  return a < 0n && q * b !== a ? q - 1n : q;
}

/** Towards plus infinity. */
export function divCeil(a: bigint, b: bigint): bigint {
  const q = a / b;
  return a > 0n && q * b !== a ? q + 1n : q;
}

export const abs = (a: bigint): bigint => (a < 0n ? -a : a);
export const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
export const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
/** max(0, a). */
export const pos = (a: bigint): bigint => (a > 0n ? a : 0n);
export const clamp = (a: bigint, low: bigint, high: bigint): bigint => max(low, min(a, high));

/** `size · price` in USD, what somebody owns: towards zero. */
export const valueDown = (size: bigint, price: bigint): bigint => divDown(size * price, WAD);
/** `size · price` in USD, what somebody owes or must back: away from zero. */
export const valueUp = (size: bigint, price: bigint): bigint => divUp(size * price, WAD);

/** Number of significant bits. */
export function bitLength(a: bigint): bigint {
  return a === 0n ? 0n : BigInt(a.toString(2).length);
}
