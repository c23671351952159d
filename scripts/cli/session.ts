import type { Signer } from "ethers";
import { parseAccount, toAccountId } from "../sdk/accountId.ts";
import { parseAddress } from "../sdk/address.ts";
import { readAddressBook } from "../sdk/addressBook.ts";
import { type Breakwater, connect } from "../sdk/contracts.ts";
import { InputError } from "../shared/inputError.ts";
import type { OpenNetwork, OpenNetworkParameters } from "../shared/network.ts";

/** Options every command has. */
export type GlobalOptions = {
  network: string;
  accountIndex: number;
  from?: string;
  json?: boolean;
  dryRun?: boolean;
  yes?: boolean;
  deployments?: string;
};

/** The outside, so that tests can be it. */
export type Io = {
  stdout: { write(text: string): unknown };
  stderr: { write(text: string): unknown };
  /** A person who can answer. */
  isInteractive: boolean;
  /** Rejects: left without an answer, by Ctrl-C. */
  ask(question: string): Promise<boolean>;
  openNetwork(parameters: OpenNetworkParameters): Promise<OpenNetwork>;
};

/** The chain of a hardhat or anvil node: nothing on it is worth a question. */
export const DEVELOPMENT_CHAIN = 31337n;

/** One run of one command: the network, the deployment on it and who acts. Each is looked up when first asked for. */
export class Session {
  readonly options: GlobalOptions;
  readonly io: Io;
  private opened: Promise<OpenNetwork> | undefined;
  private connected: Promise<Breakwater> | undefined;
  private signing: Promise<Signer> | undefined;

  constructor(options: GlobalOptions, io: Io) {
    this.options = options;
    this.io = io;
  }

  network(): Promise<OpenNetwork> {
    const { network: name, accountIndex } = this.options;
    const from = this.from();
    this.opened ??= this.io.openNetwork({ name, accountIndex, ...(from !== undefined && { from }) });
    return this.opened;
  }

  private from(): string | undefined {
    const { from } = this.options;
    return from === undefined ? undefined : parseAddress(from, "--from");
  }

  breakwater(): Promise<Breakwater> {
    this.connected ??= this.connect();
    return this.connected;
  }

  private async connect(): Promise<Breakwater> {
    const { provider, chainId } = await this.network();
    const { deployments: folder } = this.options;
    const book = await readAddressBook({ chainId, ...(folder !== undefined && { folder }) });
    // Anvil and hardhat forget when they stop; Ignition's files do not.
    if ((await provider.getCode(book.addresses.vault)) === "0x") {
      throw new InputError(
        `chain ${chainId} has no contract at ${book.addresses.vault}: the node was restarted, deploy again`,
      );
    }
    return connect({ book, runner: provider });
  }

  async signer(): Promise<Signer> {
    this.signing ??= this.network().then((network) => network.signer());
    return this.signing;
  }

  /** Who acts, or who is asked about: needs no key with --from. */
  async self(): Promise<string> {
    return this.from() ?? (await this.signer()).getAddress();
  }

  /** `text` as an address, one's own unless given. */
  async whose(text: string | undefined, what: string): Promise<string> {
    return text === undefined ? this.self() : parseAddress(text, what);
  }

  /** `text` as an account; a number is a sub-account of one's own, nothing is the first of them. */
  async account(text: string | undefined): Promise<bigint> {
    if (text === undefined) return toAccountId(await this.self());
    return parseAccount(text, /^\d+$/.test(text.trim()) ? await this.self() : undefined);
  }

  /** Ends the connection, so that the program can end. */
  async close(): Promise<void> {
    const network = await this.opened?.catch(() => undefined);
    network?.provider.destroy?.();
  }
}
