import type { NetworkConnection } from "hardhat/types/network";
import type { CliStage } from "./cliStage.ts";

/** What has to be shown of one command. */
export type Row = {
  /** "account deposit" */
  command: string;
  /** Where it works. */
  stage: (connection: NetworkConnection) => Promise<CliStage>;
  /** What is still missing there. */
  before?: (stage: CliStage) => Promise<unknown>;
  /** After the noun and the verb. */
  argv?: (stage: CliStage) => string[];
  /** Parts of what people see. */
  table: (string | RegExp)[];
  /** Parts of what programs see. */
  json: Record<string, unknown>;
  /** What goes wrong, and the one line that says so. */
  error: {
    argv?: (stage: CliStage) => string[];
    before?: (stage: CliStage) => Promise<unknown>;
    line: string | RegExp;
  };
};
