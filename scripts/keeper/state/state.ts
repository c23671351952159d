import { z } from "zod";

/** What is on disk. Numbers that may pass 2^53 are decimal text. */
export const STATE_VERSION = 1;

const digits = z.string().regex(/^\d+$/);
const hash = z.string().regex(/^0x[0-9a-f]{64}$/);
const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/);

/** Which chain and deployment a file belongs to: a local chain that was started again has another first block. */
const bindingSchema = z.object({ chainId: digits, clearinghouse: address, genesis: hash }).strict();

/** What a block changed, as it was before, so that a re-org can be undone; null: it was not there. */
const undoSchema = z
  .object({
    accounts: z.record(digits, z.number().int().nonnegative().nullable()),
    orders: z.record(digits, z.number().int().nonnegative().nullable()),
  })
  .strict();

const blockSchema = z.object({ number: z.number().int().nonnegative(), hash, undo: undoSchema }).strict();

/** A target that failed, and until when it is left alone. */
const targetSchema = z
  .object({
    failures: z.number().int().positive(),
    /** Unix milliseconds by the clock of this machine. */
    until: z.number().int().nonnegative(),
    reason: z.string(),
    /** Whether people were told: once is enough. */
    isReported: z.boolean(),
  })
  .strict();

/** A transaction, on disk before it is sent: its nonce makes sure that it happens once. */
const sentSchema = z
  .object({
    nonce: z.number().int().nonnegative(),
    /** What it is for, as in `Action.key`; "fill" closes a gap. */
    key: z.string(),
    keys: z.array(z.string()),
    kind: z.string(),
    to: address,
    data: z.string().regex(/^0x[0-9a-f]*$/),
    value: digits,
    gasLimit: digits,
    maxFee: digits,
    priorityFee: digits,
    sentAt: z.number().int().nonnegative(),
    /** Newest last; each bump adds one. Unknown if a node signs and this process was killed before it answered. */
    hashes: z.array(hash),
    mined: z
      .object({ block: z.number().int().nonnegative(), blockHash: hash, isSuccess: z.boolean(), hash })
      .strict()
      .optional(),
  })
  .strict();

export const stateSchema = z
  .object({
    version: z.literal(STATE_VERSION),
    binding: bindingSchema,
    /** Whose transactions are in `outbox`; a dry run has none. */
    account: address.optional(),
    /** Every event up to here is in `accounts` and `orders`. */
    scannedTo: z.number().int().min(-1),
    /** The last scanned blocks, ascending. */
    blocks: z.array(blockSchema),
    /** Accounts with a position; bit m: one in market m. */
    accounts: z.record(digits, z.number().int().positive()),
    /** Orders that wait, with their market. */
    orders: z.record(digits, z.number().int().nonnegative()),
    targets: z.record(z.string(), targetSchema),
    outbox: z.array(sentSchema),
  })
  .strict();

export type State = z.infer<typeof stateSchema>;
export type Binding = z.infer<typeof bindingSchema>;
export type ScannedBlock = z.infer<typeof blockSchema>;
export type Undo = z.infer<typeof undoSchema>;
export type Target = z.infer<typeof targetSchema>;
export type Sent = z.infer<typeof sentSchema>;

/** Nothing seen yet; the first block to look at is `startBlock`. */
export function emptyState(binding: Binding, startBlock: number): State {
  return {
    version: STATE_VERSION,
    binding,
    scannedTo: startBlock - 1,
    blocks: [],
    accounts: {},
    orders: {},
    targets: {},
    outbox: [],
  };
}
