import { systemErrorLine } from "./systemError.ts";

/**
 * Whoever reads may stop reading: `… | head`. Node would print a stack trace; `then` is called instead, and what goes
 * on is not cut short. A full disk is said in one line.
 */
export function whenUnread(then: () => void = () => {}): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") return then();
      process.exitCode = 1;
      if (stream === process.stdout) process.stderr.write(`error: ${systemErrorLine(error, "standard output")}\n`);
    });
  }
}
