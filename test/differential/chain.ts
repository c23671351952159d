import type { Interface, Signer } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";
import type { SystemParameters } from "../../scripts/shared/deploySystem.ts";
import { type MarketParams, World } from "../../scripts/shared/world.ts";
import { type Answer, type Read, readAll } from "./reader.ts";

type Name = keyof World["system"];

/** The deployed contracts, driven by raw transactions at times of one's choosing. */
export class Chain {
  readonly world: World;
  readonly signers: string[];
  readonly addresses: Record<Name, string>;
  readonly #abis: Record<Name, Interface>;
  readonly #errors: Map<string, string>;

  private constructor(world: World, signers: string[]) {
    const entries = Object.entries(world.system) as [Name, World["system"][Name]][];
    this.world = world;
    this.signers = signers;
    this.addresses = Object.fromEntries(entries.map(([name, { target }]) => [name, String(target)])) as Record<
      Name,
      string
    >;
    this.#abis = Object.fromEntries(entries.map(([name, { interface: abi }]) => [name, abi])) as unknown as Record<
      Name,
      Interface
    >;
    this.#errors = new Map();
    for (const [, { interface: abi }] of entries) {
      abi.forEachError((error) => {
        this.#errors.set(error.selector, error.name);
      });
    }
  }

  static async deploy(
    connection: NetworkConnection,
    parameters: Parameters<typeof World.deploy>[1] & Partial<Pick<SystemParameters, "tokenDecimals">>,
    markets: readonly { params: MarketParams; price: bigint }[],
  ): Promise<Chain> {
    const world = await World.deploy(connection, parameters);
    const signers = await Promise.all(
      (await connection.ethers.getSigners()).map((signer: Signer) => signer.getAddress()),
    );
    for (const { params, price } of markets) await world.listMarket(params, price);
    return new Chain(world, signers);
  }

  get connection(): NetworkConnection {
    return this.world.connection;
  }

  /** Sends a transaction in a block of its own at `time`; returns the name of the error it reverted with, if any. */
  async send(
    from: string,
    to: Name,
    name: string,
    args: readonly unknown[],
    time: bigint,
  ): Promise<string | undefined> {
    const data = this.#abis[to].encodeFunctionData(name, args as unknown[]);
    await this.#request("evm_setNextBlockTimestamp", [`0x${time.toString(16)}`]);
    try {
      await this.#request("eth_sendTransaction", [{ from, to: this.addresses[to], data, gas: "0xf42400" }]);
      return undefined;
    } catch (error) {
      return this.#nameOf(error);
    }
  }

  read(to: Name, name: string, ...args: unknown[]): Read {
    return { to: this.addresses[to], abi: this.#abis[to], name, args };
  }

  readAll(reads: readonly Read[]): Promise<Answer[]> {
    return readAll(this.connection, reads);
  }

  #request(method: string, params: unknown[]): Promise<unknown> {
    return this.connection.provider.request({ method, params });
  }

  #nameOf(error: unknown): string {
    let data = (error as { data?: unknown }).data;
    if (typeof data === "object" && data !== null) data = (data as { data?: unknown }).data;
    if (typeof data !== "string" || data.length < 10) throw error;
    return this.#errors.get(data.slice(0, 10)) ?? `unknown ${data.slice(0, 10)}: ${(error as Error).message}`;
  }
}
