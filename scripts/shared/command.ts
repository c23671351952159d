import { Command, CommanderError } from "commander";
import { InputError } from "./inputError.ts";
import { withoutSecrets } from "./secrets.ts";
import { systemErrorLine } from "./systemError.ts";
import { whenUnread } from "./unread.ts";

/** A command that reports wrong input instead of printing and exiting by itself: see {@link runCommand}. */
export function newCommand(name: string, description: string): Command {
  return new Command(`npm run ${name} --`)
    .description(description)
    .configureOutput({ outputError: () => {} })
    .exitOverride();
}

/** What the user typed. A word that is no option is refused: it would be a value somebody meant for one. */
export function parse<Options extends object>(command: Command, argv = process.argv.slice(2)): Options {
  const options = command.parse(argv, { from: "user" }).opts<Options>();
  if (command.args.length > 0) throw new InputError(`unexpected argument "${command.args[0]}"`);
  return options;
}

/** Runs a script to its end. Anything the user can do about is one line and exit code 1; anything else a stack trace. */
export async function runCommand(main: () => Promise<void>): Promise<void> {
  whenUnread();
  try {
    await main();
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) process.exit(0);
    // Hardhat's own: a variable that is not set, a build that fails.
    const isHardhats = error instanceof Error && error.name === "HardhatError";
    const system = systemErrorLine(error);
    const isExpected =
      isHardhats || error instanceof InputError || error instanceof CommanderError || system !== undefined;
    const text = system ?? (error as Error).message.replace(/^error: /, "").split("\n")[0];
    process.stderr.write(
      isExpected ? `error: ${text}\n` : `error: unexpected: ${withoutSecrets(String((error as Error).stack))}\n`,
    );
    process.exitCode = 1;
  }
}
