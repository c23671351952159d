import { InputError } from "../../shared/inputError.ts";
import { systemErrorLine } from "../../shared/systemError.ts";

/** A full disk or a folder of somebody else is for the operator to mend. */
export async function writing<T>(file: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    const refusal = systemErrorLine(error, `--state ${file}`);
    if (refusal === undefined) throw error;
    throw new InputError(`${refusal}; make room for it, or name another file`);
  }
}
