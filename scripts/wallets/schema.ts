import { type ZodRawShape, z } from "zod";

/**
 * The part of ERC-7730 that our descriptors use, strict: a key the standard does not have is refused. Version 2, because
 * its keys are the functions themselves (no ABI beside the descriptor to be fetched and believed), it hides fields by a
 * rule, and it finds the quote token by a map over chains.
 */
export const SCHEMA_URL = "https://eips.ethereum.org/assets/eip-7730/erc7730-v2.schema.json";

const mapReference = z.strictObject({
  map: z.string().regex(/^\$\.metadata\.maps\.\w+$/),
  keyPath: z.literal("@.chainId"),
});

const visible = z.union([z.literal("never"), z.strictObject({ ifNotIn: z.array(z.union([z.string(), z.number()])) })]);

/** A device shows a label on one line. */
const label = z.string().min(1).max(24);

/** What a value looks like, and where it stands. */
function looks<Shape extends ZodRawShape>(where: Shape) {
  return z.union([
    z.strictObject({ ...where, label, format: z.enum(["raw", "addressName", "amount", "duration"]) }),
    z.strictObject({
      ...where,
      label,
      format: z.literal("tokenAmount"),
      params: z.union([
        z.strictObject({ token: mapReference }),
        z.strictObject({ tokenPath: z.string(), threshold: z.string().optional(), message: z.string().optional() }),
      ]),
    }),
    z.strictObject({
      ...where,
      label,
      format: z.literal("unit"),
      params: z.strictObject({ base: z.string(), decimals: z.number().int().optional() }),
    }),
    z.strictObject({
      ...where,
      label,
      format: z.literal("date"),
      params: z.strictObject({ encoding: z.literal("timestamp") }),
    }),
    z.strictObject({
      ...where,
      label,
      format: z.literal("enum"),
      params: z.strictObject({ $ref: z.string().regex(/^\$\.metadata\.enums\.\w+$/) }),
    }),
    z.strictObject({
      ...where,
      label,
      format: z.literal("calldata"),
      params: z.strictObject({ calleePath: z.string() }),
    }),
  ]);
}

const definition = looks({});
const reference = z.strictObject({
  path: z.string(),
  label: label.optional(),
  $ref: z.string().regex(/^\$\.display\.definitions\.\w+$/),
  params: z.record(z.string(), z.string()).optional(),
  visible: visible.optional(),
});
const field = z.union([reference, looks({ path: z.string(), visible: visible.optional() })]);

/** As the standard wants the keys: canonical types, one space before a name, none after a comma. */
const key = z.string().regex(/^[A-Za-z_]\w*\((?!.*, )(?!.* {2}).*\)$/);

const display = z.strictObject({
  definitions: z.record(z.string(), definition).optional(),
  formats: z.record(
    key,
    z.strictObject({ intent: z.string().max(32), interpolatedIntent: z.string().optional(), fields: z.array(field) }),
  ),
});

const deployments = z.array(z.strictObject({ chainId: z.number().int(), address: z.string() }));

/** Of a contract or a message. */
export const descriptorSchema = z.strictObject({
  $schema: z.literal(SCHEMA_URL),
  includes: z.string().optional(),
  context: z.union([
    z.strictObject({ $id: z.string(), contract: z.strictObject({ deployments }) }),
    z.strictObject({
      $id: z.string(),
      eip712: z.strictObject({
        domain: z.strictObject({ name: z.string().optional(), version: z.string() }),
        deployments,
      }),
    }),
  ]),
  metadata: z.strictObject({
    owner: z.string(),
    contractName: z.string(),
    enums: z.record(z.string(), z.record(z.string(), z.string())).optional(),
    maps: z
      .record(z.string(), z.strictObject({ $keyType: z.string(), values: z.record(z.string(), z.string()) }))
      .optional(),
  }),
  display,
});

/** What several descriptors include; it belongs to no contract by itself. */
export const sharedSchema = z.strictObject({ $schema: z.literal(SCHEMA_URL), display });

export type Descriptor = z.infer<typeof descriptorSchema>;
export type Definition = z.infer<typeof definition>;

/** A field with its definition put in. */
export type ResolvedField = Definition & { path: string; visible?: z.infer<typeof visible> };

/** The fields of a function or message, definitions put in, labels and parameters of the field before theirs. */
export function fieldsOf({ display: { definitions = {}, formats } }: Descriptor, key: string): ResolvedField[] {
  return formats[key]!.fields.map((given) => {
    if (!("$ref" in given)) return given as ResolvedField;
    const name = given.$ref.split(".").at(-1)!;
    const shared = definitions[name];
    if (shared === undefined) throw new Error(`${key}: there is no definition ${name}`);
    const params = { ...("params" in shared ? shared.params : {}), ...given.params };
    const { path, visible, label = shared.label } = given;
    return { ...shared, path, label, visible, ...(Object.keys(params).length > 0 && { params }) } as ResolvedField;
  });
}
