import { getAddress } from "ethers";
import { z } from "zod";
import type { SignedOrder } from "../sdk/actions/signOrder.ts";
import { ORDER_KINDS } from "../sdk/order.ts";
import { InputError } from "../shared/inputError.ts";

const integer = z
  .string()
  .regex(/^-?\d+$/)
  .transform(BigInt);

const schema = z.object({
  request: z.object({
    account: integer,
    market: z.number().int().min(0).max(255),
    kind: z.enum(ORDER_KINDS),
    sizeDelta: integer,
    acceptablePrice: integer,
    triggerPrice: integer,
    deadline: integer,
    isReduceOnly: z.boolean(),
  }),
  nonce: integer,
  signatureDeadline: integer,
  signer: z
    .string()
    .regex(/^0x[0-9a-fA-F]{40}$/)
    .transform(getAddress),
  signature: z.string().regex(/^0x[0-9a-fA-F]+$/),
});

/** As it was signed: whole numbers of the contract, so that nothing is rounded on the way. */
export function toJsonText(order: SignedOrder): string {
  return `${JSON.stringify(order, (_key, value) => (typeof value === "bigint" ? value.toString() : value), 2)}\n`;
}

export function fromJson(text: string, file: string): SignedOrder {
  const bad = new InputError(`${file}: not a signed order; \`order sign --out\` writes one`);
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw bad;
  }
}
