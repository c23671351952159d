import { InputError } from "../shared/inputError.ts";
import type { Report } from "./report.ts";

/** A command that changed something and came to no end: what was done has to be said all the same. */
export class Unfinished extends Error {
  readonly done: Report;
  readonly reason: unknown;

  constructor(done: Report, reason: unknown) {
    super("unfinished");
    this.done = done;
    this.reason = reason;
  }
}

/** A question was left with Ctrl-C. */
export class Interrupted extends InputError {}
