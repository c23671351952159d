import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** From npm, as the rest: nothing of this project is inside it. */
const CAST = path.resolve(import.meta.dirname, "../../node_modules/.bin/cast");

/** The keys that every development node starts with. */
const MNEMONIC = "test test test test test test test test test test test junk";

export type Log = { address: string; topics: string[]; data: string };
export type Receipt = { status: string; gasUsed: string; transactionHash: string; logs: Log[] };

/** `cast` as somebody who has only addresses and signatures of functions: an outside client, with a key of its own. */
export class Cast {
  readonly rpc: string;

  constructor(rpc: string) {
    this.rpc = rpc;
  }

  /** Sends as the `from`-th account of the node; throws with cast's own words if it reverts. */
  async send(from: number, to: string, signature: string, ...args: (string | bigint)[]): Promise<Receipt> {
    const signer = ["--mnemonic", MNEMONIC, "--mnemonic-index", String(from)];
    const text = await this.#cast(
      "send",
      ...this.#rpc(),
      ...signer,
      "--sync",
      "--json",
      to,
      signature,
      ...args.map(String),
    );
    return JSON.parse(text) as Receipt;
  }

  /** Reads; one string for each value of the signature's return types. */
  async call(to: string, signature: string, ...args: (string | bigint)[]): Promise<string[]> {
    const text = await this.#cast("call", ...this.#rpc(), to, signature, ...args.map(String));
    // Large numbers come with their short form behind them: "6000000000000000000 [6e18]".
    return text.split("\n").map((line) => line.replace(/ \[.*\]$/, ""));
  }

  async number(to: string, signature: string, ...args: (string | bigint)[]): Promise<bigint> {
    return BigInt((await this.call(to, signature, ...args))[0] ?? "");
  }

  /** A method of the node itself. */
  async node(method: string, ...params: string[]): Promise<string> {
    return this.#cast("rpc", ...this.#rpc(), method, ...params);
  }

  /** EIP-712: signs typed data with the `from`-th account, offline. */
  async sign(from: number, typedData: object): Promise<string> {
    const signer = ["--mnemonic", MNEMONIC, "--mnemonic-index", String(from)];
    return this.#cast("wallet", "sign", ...signer, "--data", JSON.stringify(typedData));
  }

  async address(index: number): Promise<string> {
    return this.#cast("wallet", "address", "--mnemonic", MNEMONIC, "--mnemonic-index", String(index));
  }

  /** Topic of an event. */
  async topic(signature: string): Promise<string> {
    return this.#cast("keccak", signature);
  }

  async #cast(...args: string[]): Promise<string> {
    const { stdout, stderr } = await run(CAST, args).catch((error) => {
      if (!error.stderr) throw error;
      return error as { stdout: string; stderr: string };
    });
    // The launcher from npm may end with 0 even if cast does not.
    if (stdout.trim() === "" && stderr.trim() !== "") throw new Error(stderr.trim());
    return stdout.trim();
  }

  #rpc(): string[] {
    return ["--rpc-url", this.rpc];
  }
}
