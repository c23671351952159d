import { readFile } from "node:fs/promises";
import json5 from "json5";

/** The parameters of one Ignition module, by name; money is a bigint. */
export type ModuleParameters = Record<string, unknown>;

/** Reads a parameters file as Ignition does: by module, `"123n"` a bigint. */
export async function readParametersOf(file: URL | string): Promise<Record<string, ModuleParameters>> {
  return json5.parse(await readFile(file, "utf8"), (_key, value) =>
    typeof value === "string" && /^-?\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : value,
  ) as Record<string, ModuleParameters>;
}
