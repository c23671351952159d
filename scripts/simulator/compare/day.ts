/** Waves of deleveraging on one day, and the groups of winners they found. USD: WAD. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "csv-parse/sync";
import { z } from "zod";
import { InputError } from "../../shared/inputError.ts";

/** Where the day of 10 October 2025 is, if it is there: beside the project, no part of it. */
export const DAY_FOLDER = fileURLToPath(new URL("../../../../shared/data/adl-2025-10-10", import.meta.url));

export type Wave = {
  wave: string;
  /** What the wave's deficits made necessary. */
  needed: bigint;
  /** Winners' profit at hand. */
  capacity: bigint;
  /** What the venue took, valued in the millisecond it took it. Valued up to 5 s later it is 62 to 67 million a day. */
  production: bigint;
  /** Profit of each group of winners the wave reached, adding up to `capacity`. */
  groups: bigint[];
};

const MS_A_DAY = 86_400_000;

/** Exact: no float on the way. */
const usd = z
  .string()
  .regex(/^\d+(\.\d{1,18})?$/, "is not a decimal number")
  .transform((text) => {
    const [whole, fraction = ""] = text.split(".");
    return BigInt(`${whole}${fraction.padEnd(18, "0")}`);
  });
const clock = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}$/, "is not a time like 21:18:23.989")
  .transform((text) => Date.parse(`1970-01-01T${text}Z`));
const unixMs = z
  .string()
  .regex(/^\d{13}$/, "is not unix milliseconds")
  .transform((text) => Number(text) % MS_A_DAY);

const waveRow = z.object({
  wave: z.string(),
  t_start_ms: unixMs,
  t_end_ms: unixMs,
  budget_needed_usd: usd,
  capacity_usd: usd,
  budget_prod: usd,
});
const clusterRow = z.object({ t_start_utc: clock, t_end_utc: clock, capacity_usd: usd });

/** Undefined: the folder is not there. */
export async function readDay(folder: string): Promise<Wave[] | undefined> {
  if (!existsSync(folder)) return undefined;
  const waves = await readRows(path.join(folder, "waves.csv"), waveRow);
  const clusters = await readRows(path.join(folder, "coin_clusters.csv"), clusterRow);
  return waves.map((row) => {
    const reached = clusters.filter((one) => one.t_start_utc <= row.t_end_ms && one.t_end_utc >= row.t_start_ms);
    const groups = apportion(
      row.capacity_usd,
      reached.map((one) => one.capacity_usd),
    );
    if (groups.length === 0) throw new InputError(`waves.csv: no cluster of coin_clusters.csv meets wave ${row.wave}`);
    return {
      wave: row.wave,
      needed: row.budget_needed_usd,
      capacity: row.capacity_usd,
      production: row.budget_prod,
      groups,
    };
  });
}

/** `total` in the proportions of `parts`, those of nothing left out. Rounding: down, and the rest to the first. */
export function apportion(total: bigint, parts: readonly bigint[]): bigint[] {
  const sum = parts.reduce((all, part) => all + part, 0n);
  const shares = parts.map((part) => (sum === 0n ? 0n : (total * part) / sum)).filter((share) => share > 0n);
  if (shares.length > 0) shares[0]! += total - shares.reduce((all, share) => all + share, 0n);
  return shares;
}

async function readRows<T extends z.ZodType>(file: string, row: T): Promise<z.output<T>[]> {
  const name = path.basename(file);
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new InputError(`${file}: ${error.code === "ENOENT" ? "no such file" : `cannot be read (${error.code})`}`);
  });
  let records: unknown[];
  try {
    records = parse(text, { columns: true, skip_empty_lines: true, trim: true, bom: true });
  } catch (error) {
    throw new InputError(`${name}: not a CSV file (${(error as Error).message.split("\n")[0]})`);
  }
  if (records.length === 0) throw new InputError(`${name}: no rows`);
  return records.map((record, i) => {
    const result = row.safeParse(record);
    if (result.success) return result.data;
    const { path: where, message } = result.error.issues[0]!;
    const column = String(where[0]);
    const value = (record as Record<string, unknown>)[column];
    const what = value === undefined ? `column ${column} is missing` : `${column} "${value}" ${message}`;
    throw new InputError(`${name}: row ${i + 1}: ${what}`);
  });
}
