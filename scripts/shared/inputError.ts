/** Wrong input or a situation the user can mend: one line for the user, no stack trace, exit code 1. */
export class InputError extends Error {
  override readonly name: string = "InputError";
}
