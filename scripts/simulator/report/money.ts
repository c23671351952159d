const WAD = 10n ** 18n;

/** USD WAD as whole dollars with thousands separators. */
export function dollars(amount: bigint): string {
  const half = 5n * 10n ** 17n;
  const whole = (amount < 0n ? amount - half : amount + half) / WAD;
  return whole.toLocaleString("en-US");
}

/** The same with a sign in front: what changed. */
export function change(amount: bigint): string {
  return amount > 0n ? `+${dollars(amount)}` : dollars(amount);
}

/** `part` of `whole`, one digit. */
export function percent(part: bigint, whole: bigint): string {
  if (whole === 0n) return part === 0n ? "0.0%" : "n/a";
  return `${(Number((part * 100_000n) / whole) / 1_000).toFixed(1)}%`;
}

/** A WAD fraction in percent, to 1e-8 of the whole: "26.250625%", "100%". */
export function fraction(value: bigint): string {
  return `${Number(((value + 5n * 10n ** 9n) / 10n ** 10n).toString()) / 1e6}%`;
}

/** USD WAD as decimal text, exact, no trailing zeros: "0", "12.5". */
export function exact(amount: bigint): string {
  const size = amount < 0n ? -amount : amount;
  const fraction = (size % WAD).toString().padStart(18, "0").replace(/0+$/, "");
  return `${amount < 0n ? "-" : ""}${size / WAD}${fraction ? `.${fraction}` : ""}`;
}
