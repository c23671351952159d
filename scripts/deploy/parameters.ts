import { isAddressLike, parseAddress } from "../sdk/address.ts";
import { InputError } from "../shared/inputError.ts";
import { type ModuleParameters, readParametersOf } from "../shared/parameters.ts";

/** On a chain of one's own they are the deployer unless named. */
const PEOPLE = ["governor", "steward", "guardian", "treasury"];

/** The module's part of a parameters file. */
export async function parametersFor(module: string, file: string): Promise<ModuleParameters> {
  const all = await readParametersOf(file).catch((error: Error & { code?: string }) => {
    throw new InputError(error.code === "ENOENT" ? `there is no file ${file}` : `${file}: ${error.message}`);
  });
  const own = all[module];
  if (own === undefined) throw new InputError(`${file} has no parameters of ${module}, which is what was deployed`);
  const nobody = PEOPLE.filter((role) => own[role] === undefined);
  if (module !== "Devnet" && nobody.length > 0) {
    throw new InputError(`${file} does not name ${nobody.join(", ")}: name the file it was deployed with`);
  }
  return Object.fromEntries(Object.entries(own).map(([name, value]) => [name, checked(value, `${file}: ${name}`)]));
}

/** Addresses as the chain shows them, so that they can be compared. */
function checked(value: unknown, what: string): unknown {
  return typeof value === "string" && isAddressLike(value) ? parseAddress(value, what) : value;
}
