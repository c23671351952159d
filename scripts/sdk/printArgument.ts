import { formatAccount } from "./accountId.ts";
import { formatDuration, formatPercent, formatTime, formatWad } from "./units.ts";

const WAD_NAMES =
  /^(has|needs|max|min|equity|maintenance|floor|principal|price|triggerPrice|fill|acceptable|skew\w*|oldPrice|newPrice)$/;
const TIME_NAMES = /(At|until|deadline|earliest|settleableAt|openableFrom|nowAt)$/;

/** Errors whose `has` and `max` are counts, seconds or basis points, not dollars. */
const PLAIN_ERRORS =
  /Too(Many|Early|Late|Long|Soon)|BatchTooLong|NotEnoughGas|Decimals|OutOfRange|Mask|^Steward|InvalidParams|^ERC|^Vault_|DrawLimit|AboveLimit|^RiskConfig|^RiskSteward/;

/** One argument of a custom error, with its unit, as people read it. */
export function formatArgument(error: string, name: string, value: unknown): string {
  if (typeof value !== "bigint") return String(value);
  if (/^(account|from|to)$/.test(name) && value >> 96n > 0n) return formatAccount(value);
  if (/Bps$/.test(name)) return formatPercent(value * 10n ** 14n);
  if (/^(age|maxAge)$/.test(name)) return formatDuration(value);
  if (TIME_NAMES.test(name) && value > 1_000_000_000n && value < 10n ** 11n) return formatTime(value);
  if (value >= 2n ** 200n) return "any";
  return WAD_NAMES.test(name) && !PLAIN_ERRORS.test(error) ? formatWad(value) : value.toString();
}
