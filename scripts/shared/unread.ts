/** Whoever reads may stop reading: `… | head`. Node would print a stack trace; `then` is called instead. */
export function whenUnread(then: () => void): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      then();
    });
  }
}
