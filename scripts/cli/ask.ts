import { confirm } from "@inquirer/prompts";

/** Asks for a yes. Ctrl-C rejects; so does Ctrl-D, after which the prompt itself would never answer. */
export async function ask(message: string): Promise<boolean> {
  const left = new AbortController();
  const onKey = (_: string | undefined, { ctrl, name }: { ctrl: boolean; name: string }) => {
    if (ctrl && name === "d") left.abort();
  };
  process.stdin.on("keypress", onKey);
  try {
    return await confirm({ message, default: false }, { signal: left.signal });
  } finally {
    process.stdin.off("keypress", onKey);
  }
}
