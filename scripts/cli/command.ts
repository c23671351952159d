import type { Report } from "./report.ts";
import type { Session } from "./session.ts";

export type Options = Record<string, string | boolean | undefined>;
export type Arguments = Record<string, string | undefined>;

/** One verb of a noun, as data: the help, the parser and the tests walk the same list. */
export type CommandSpec = {
  verb: string;
  summary: string;
  /** "<amount> [account]", as commander writes them; camel case names of them reach `run`, "[more...]" as its last argument. */
  args?: [name: string, description: string][];
  options?: [flags: string, description: string, fallback?: string][];
  /** What to type after `npm run breakwater --`. */
  example: string;
  run(session: Session, args: Arguments, options: Options, more: string[]): Promise<Report>;
};

export type NounSpec = { noun: string; summary: string; commands: CommandSpec[] };
