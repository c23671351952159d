import { Command, CommanderError, InvalidArgumentError } from "commander";
import { ContractError, decodeError } from "../sdk/errors.ts";
import { InputError } from "../shared/inputError.ts";
import { describeError } from "../shared/secrets.ts";
import { systemErrorLine } from "../shared/systemError.ts";
import type { Arguments, CommandSpec, NounSpec, Options } from "./command.ts";
import { NOUNS } from "./commands/index.ts";
import { render } from "./render.ts";
import { type Report, toJson } from "./report.ts";
import { type GlobalOptions, type Io, Session } from "./session.ts";
import { Interrupted, Unfinished } from "./unfinished.ts";

/** As a shell has it: 128 and the number of the signal. */
const INTERRUPTED = 130;
const START = "npm run breakwater --";

/** One run: prints, and returns the exit code. Nothing in here ends the process. */
export async function run(argv: string[], io: Io): Promise<number> {
  const program = programOf(io);
  try {
    await program.parseAsync(argv, { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    const reason = error instanceof Unfinished ? error.reason : error;
    io.stderr.write(`error: ${lineOf(reason)}\n`);
    return reason instanceof Interrupted ? INTERRUPTED : 1;
  }
}

/** The tree of commands; the tests walk it too. */
export function programOf(io: Io): Command {
  const program = root(io);
  for (const noun of NOUNS) program.addCommand(nounCommand(noun, io));
  return program;
}

function root(io: Io): Command {
  return base(new Command("breakwater"), io)
    .usage("<noun> <verb> [options]")
    .description(
      "Reads and changes a Breakwater deployment: one command for what a trader, an LP, a keeper or a guardian does.",
    )
    .option("--network <name>", "a network of hardhat.config.ts", "localhost")
    .option("--account-index <n>", "which of its accounts acts", wholeNumber, 0)
    .option("--from <address>", "the same by address")
    .option("--json", "print one JSON document; amounts are exact decimal strings")
    .option("--dry-run", "send nothing and say what would happen")
    .option("--yes", "send without asking")
    .option("--deployments <folder>", "where Ignition's deployments are, if not deploy/deployments")
    .addHelpText(
      "after",
      `
Accounts are written 0xOwner or 0xOwner/sub-account; a number alone is a sub-account of one's own. Markets by symbol or
number. Amounts in USD, sizes in base units, times like 90s, 15m, 2h or 3d. \`${START} <noun> <verb> --help\` has an example.`,
    );
}

function nounCommand({ noun, summary, commands }: NounSpec, io: Io): Command {
  const command = base(new Command(noun), io).description(summary).usage("<verb> [options]");
  for (const spec of commands) command.addCommand(verbCommand(noun, spec, io));
  return command;
}

function verbCommand(noun: string, spec: CommandSpec, io: Io): Command {
  const command = base(new Command(spec.verb), io).description(spec.summary);
  for (const [name, description] of spec.args ?? []) command.argument(name, description);
  for (const [flags, description, fallback] of spec.options ?? []) command.option(flags, description, fallback);
  command.addHelpText(
    "after",
    `\nExample:\n  ${START} ${noun} ${spec.verb}${spec.example === "" ? "" : ` ${spec.example}`}`,
  );
  return command.action(async (...given: unknown[]) => {
    const names = (spec.args ?? []).map(([name]) => camel(name.replace(/[<>[\]]/g, "")));
    const args = Object.fromEntries(names.map((name, i) => [name, given[i]])) as Arguments;
    const more = given.find(Array.isArray) ?? [];
    const options = command.optsWithGlobals<GlobalOptions & Options>();
    const session = new Session(options, io);
    const print = (report: Report) =>
      io.stdout.write(options.json ? `${JSON.stringify(toJson(report), null, 2)}\n` : render(report));
    try {
      print(await spec.run(session, args, options, more));
    } catch (error) {
      if (error instanceof Unfinished) print(error.done);
      throw error;
    } finally {
      await session.close();
    }
  });
}

function base(command: Command, io: Io): Command {
  return command
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      // `run` prints one line for every error, whatever it is.
      outputError: () => {},
    })
    .configureHelp({ showGlobalOptions: true })
    .helpCommand(false)
    .exitOverride();
}

/** Everything has one line; only what nobody foresaw says so. */
function lineOf(error: unknown): string {
  if (error instanceof CommanderError) {
    // Asked for a noun without a verb: commander has printed the help already.
    if (error.code === "commander.help") return "which one? see the list above";
    return firstLine(error.message.replace(/^error: /, ""));
  }
  const decoded = decodeError(error);
  if (decoded instanceof InputError || decoded instanceof ContractError) return firstLine(decoded.message);
  const system = systemErrorLine(decoded);
  if (system !== undefined) return system;
  const code = (decoded as { code?: string }).code;
  if (code === "INSUFFICIENT_FUNDS") return "the account that signs has too little ether for gas";
  return `unexpected: ${describeError(decoded)}`;
}

function firstLine(message: string): string {
  return message.split("\n")[0]!;
}

function camel(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function wholeNumber(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("not a whole number");
}
