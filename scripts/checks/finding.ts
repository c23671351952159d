/** One thing that is wrong, in one line. */
export interface Finding {
  /** Path from the root of the repository, or the tool that complains. */
  where: string;
  what: string;
}

/** A check finds nothing when all is well. It throws only if it could not look. What it says is printed after all checks. */
export type Check = (say: (line: string) => void) => Promise<Finding[]>;
