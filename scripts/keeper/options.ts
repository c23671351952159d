import { z } from "zod";
import { parseWad } from "../sdk/units.ts";
import { InputError } from "../shared/inputError.ts";

const usd = (what: string) =>
  z.string().transform((text, context) => {
    try {
      return parseWad(text, what);
    } catch (error) {
      context.addIssue({ code: "custom", message: (error as Error).message });
      return z.NEVER;
    }
  });

const number = (min: number, max: number) => z.coerce.number().min(min).max(max);
const whole = (min: number, max: number) => number(min, max).int();
const url = z
  .string()
  .url()
  .regex(/^https?:\/\//, "not an http URL");

/** Options of the command line, checked. Money is USD WAD, gas prices are wei, times are milliseconds. */
export const configSchema = z
  .object({
    network: z.string(),
    account: whole(0, 1_000).default(0),
    rpcSecond: url.optional(),
    state: z.string().optional(),
    deployments: z.string().optional(),
    once: z.boolean().default(false),
    onceSeconds: number(0, 86_400).transform(toMs).default(120),
    dryRun: z.boolean().default(false),
    altruistic: z.boolean().default(false),
    interval: number(0.05, 3_600).transform(toMs).default(2),
    metricsPort: whole(1, 65_535).optional(),
    maxFeeGwei: number(0.000001, 1_000_000).transform(gwei).default(100),
    minProfitUsd: usd("--min-profit-usd").default("0"),
    maxUnpaidUsd: usd("--max-unpaid-usd").default("1"),
    etherUsd: z
      .string()
      .regex(/^(market:\d{1,2}|\d+(\.\d+)?)$/, "neither market:ID nor a number")
      .default("market:0"),
    maxPending: whole(1, 256).default(32),
    maxGas: whole(100_000, 30_000_000).transform(BigInt).default(15_000_000),
    stuckSeconds: number(0.1, 3_600).transform(toMs).default(30),
    maxLag: whole(1, 1_000).default(2),
    reorgDepth: whole(64, 10_000).default(64),
    rpcTimeout: number(0.1, 300).transform(toMs).default(10),
    hermesUrl: url.optional(),
    logLevel: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
  })
  .strict();

export type KeeperConfig = z.infer<typeof configSchema>;

/** One line for the first thing that is wrong. */
export function parseConfig(options: unknown): KeeperConfig {
  const parsed = configSchema.safeParse(options);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const option = String(issue.path[0] ?? "options").replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new InputError(`--${option}: ${issue.message}`);
}

function toMs(seconds: number): number {
  return Math.round(seconds * 1_000);
}

function gwei(value: number): bigint {
  return BigInt(Math.round(value * 1e9));
}
