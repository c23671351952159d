import { InputError } from "../../shared/inputError.ts";

/** A full disk or a folder of somebody else is for the operator to mend. */
export async function writing<T>(file: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (syscall === undefined) throw error;
    throw new InputError(`--state ${file}: cannot be written (${code}); make room for it, or name another file`);
  }
}
