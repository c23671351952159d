import pino, { type Logger } from "pino";
import pretty from "pino-pretty";
import { describeError, withoutSecrets } from "../shared/secrets.ts";

export type Log = Logger;

export type CreateLogParameters = {
  level: string;
  /** For people at a terminal; programs read one JSON object a line. */
  isPretty: boolean;
  /** Texts that never appear, whatever put them there: keys, URLs with keys. */
  secrets: string[];
  write?: (line: string) => void;
};

/**
 * Logs without secrets, three times over: fields that could hold one are redacted, errors and texts lose what follows the
 * origin of a URL and most of a signed transaction, and whatever is left of a known secret is taken out of the finished line.
 */
export function createLog({
  level,
  isPretty,
  secrets,
  write = (line) => void process.stdout.write(line),
}: CreateLogParameters): Log {
  const known = secrets.filter((secret) => secret.length >= 8);
  const clean = (line: string): string =>
    known.reduce((text, secret) => text.replaceAll(secret, "[secret]"), withoutSecrets(line));
  const stream = { write: (line: string) => write(clean(line)) };
  const format = isPretty
    ? pretty.prettyFactory({ colorize: true, ignore: "pid,hostname", translateTime: "HH:MM:ss" })
    : undefined;
  return pino(
    {
      level,
      base: null,
      redact: {
        paths: ["url", "*.url", "privateKey", "*.privateKey", "key.privateKey", "headers", "*.headers", "raw", "*.raw"],
        censor: "[redacted]",
      },
      serializers: { error: describeError, err: describeError },
    },
    format === undefined ? stream : { write: (line: string) => stream.write(format(line)) },
  );
}

/** What holds for a while is said when it begins and when it ends, not every few seconds in between. */
export class Conditions {
  private readonly log: Log;
  private readonly current = new Map<string, string>();

  constructor(log: Log) {
    this.log = log;
  }

  /** True: it is news. */
  begin(name: string, level: "warn" | "error", message: string, details: object = {}): boolean {
    if (this.current.has(name)) return false;
    this.current.set(name, message);
    this.log[level]({ condition: name, ...details }, message);
    return true;
  }

  end(name: string): void {
    const message = this.current.get(name);
    if (message === undefined) return;
    this.current.delete(name);
    this.log.info({ condition: name }, `over: ${message}`);
  }

  names(): string[] {
    return [...this.current.keys()];
  }
}
