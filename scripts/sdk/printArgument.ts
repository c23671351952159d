import { decodeBytes32String, isHexString } from "ethers";
import { formatAccount } from "./accountId.ts";
import { formatDuration, formatPercent, formatTime, formatWad } from "./units.ts";

const WAD_NAMES =
  /^(has|needs|max|min|equity|maintenance|floor|principal|price|triggerPrice|fill|acceptable|skew\w*|oldPrice|newPrice)$/;
const TIME_NAMES = /(At|until|deadline|earliest|settleableAt|openableFrom|nowAt)$/;

/** Errors whose `has` and `max` are counts, seconds or basis points, not dollars. */
const PLAIN_ERRORS =
  /Too(Many|Early|Late|Long|Soon)|BatchTooLong|NotEnoughGas|Decimals|OutOfRange|Mask|^Steward|InvalidParams|^ERC|^Vault_|DrawLimit|AboveLimit|^RiskConfig|^RiskSteward/;

/** Bounds that two parameters share have names of their own: which one is meant, and what bounds it. */
const SHARED_BOUNDS: Record<string, string> = {
  targetHealthTimesMmr: "targetHealthBps, bounded by penaltyBps and imrBps",
  minNotionalTimesMmr: "minNotionalCents, bounded by keeperFloorCapCents and imrBps",
  maxPositionImpact: "maxPositionBase, bounded by skewScaleBase, imrBps and penaltyBps",
  openingShareBps: "shareBps",
  restriction: "duration in seconds",
};

function parameterNamed(bytes: string): string {
  const name = decodeBytes32String(bytes);
  return SHARED_BOUNDS[name] ?? name;
}

/** One argument of a custom error, with its unit, as people read it. */
export function formatArgument(error: string, name: string, value: unknown): string {
  if (name === "name" && isHexString(value, 32)) return parameterNamed(value);
  if (typeof value !== "bigint") return String(value);
  if (/^(account|from|to)$/.test(name) && value >> 96n > 0n) return formatAccount(value);
  if (/Bps$/.test(name)) return formatPercent(value * 10n ** 14n);
  if (/^(age|maxAge)$/.test(name)) return formatDuration(value);
  const isTime = TIME_NAMES.test(name) || /^Orders_DeadlineToo/.test(error);
  if (isTime && value > 1_000_000_000n && value < 2n ** 41n) return formatTime(value);
  if (value >= 2n ** 200n) return "any";
  return WAD_NAMES.test(name) && !PLAIN_ERRORS.test(error) ? formatWad(value) : value.toString();
}
