/** One thing that was read back from the chain. */
export type Row = { check: string; expected: string; found: string; ok: boolean };

/** Reads under way at once: public nodes refuse more. */
const AT_ONCE = 8;

/**
 * What was expected and what was found, in the order it was asked for. Values are compared as they are shown: numbers in
 * full, addresses by name where the deployment has one.
 */
export class Report {
  readonly rows: Row[] = [];
  readonly #names: Map<string, string>;
  readonly #reads: (() => Promise<void>)[] = [];

  /** `names` by lower-case address. */
  constructor(names: Map<string, string>) {
    this.#names = names;
  }

  /** Reads later, with the others; a read that fails is a difference, not an end. */
  expect(check: string, expected: unknown, read: () => unknown): void {
    const row: Row = { check, expected: this.show(expected), found: "", ok: false };
    this.rows.push(row);
    this.#reads.push(async () => {
      row.found = await Promise.resolve()
        .then(read)
        .then((found) => this.show(found), failure);
      row.ok = row.found === row.expected;
    });
  }

  /** Does all reads that were asked for. */
  async settle(): Promise<void> {
    const next = async (): Promise<void> => {
      for (let read = this.#reads.shift(); read !== undefined; read = this.#reads.shift()) await read();
    };
    await Promise.all(Array.from({ length: AT_ONCE }, next));
  }

  show(value: unknown): string {
    if (Array.isArray(value)) return value.length === 0 ? "none" : value.map((part) => this.show(part)).join(", ");
    const text = String(value);
    return this.#names.get(text.toLowerCase()) ?? text;
  }
}

function failure(error: unknown): string {
  const { shortMessage, message } = error as { shortMessage?: string; message?: string };
  return `not read: ${(shortMessage ?? message ?? String(error)).split("\n")[0]}`;
}
