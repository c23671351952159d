import { HDNodeWallet, JsonRpcApiProvider, type JsonRpcPayload, type JsonRpcResult, Network, Wallet } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";
import { Rpc } from "../../scripts/keeper/chain/rpc.ts";
import type { Keeper } from "../../scripts/keeper/keeper.ts";
import { Conditions, createLog } from "../../scripts/keeper/log.ts";
import { createMetrics } from "../../scripts/keeper/metrics.ts";
import { type KeeperConfig, parseConfig } from "../../scripts/keeper/options.ts";
import { createSender } from "../../scripts/keeper/send/sender.ts";
import { emptyState } from "../../scripts/keeper/state/state.ts";
import { type TickReturnType, tick } from "../../scripts/keeper/tick.ts";
import type { AddressBook, Addresses } from "../../scripts/sdk/addressBook.ts";
import { connect } from "../../scripts/sdk/contracts.ts";
import type { PythPrices } from "../../scripts/sdk/pythPrices.ts";
import type { World } from "../../scripts/shared/world.ts";
import type { LogLine } from "./process.ts";

export const LOCAL_CHAIN = 31_337n;

/** The tenth account of every test chain: none of the actors of the stages. */
export const KEEPER_KEY = HDNodeWallet.fromPhrase(
  "test test test test test test test test test test test junk",
  undefined,
  "m/44'/60'/0'/0/9",
).privateKey;

type Answer = (method: string, params: unknown[]) => unknown;

/** The node in this process, as a keeper sees one; each request by itself. */
class InProcessProvider extends JsonRpcApiProvider {
  /** Asked first: what it returns is the answer, what it throws is a fault of the node. */
  answer: Answer = () => undefined;
  private readonly connection: NetworkConnection;

  constructor(connection: NetworkConnection) {
    const network = Network.from(LOCAL_CHAIN);
    super(network, { staticNetwork: network, cacheTimeout: -1, batchMaxCount: 1, batchStallTime: 0 });
    this.connection = connection;
  }

  override async send(method: string, params: unknown[]): Promise<unknown> {
    await this._start();
    return super.send(method, params as never);
  }

  async _send(payload: JsonRpcPayload | JsonRpcPayload[]): Promise<JsonRpcResult[]> {
    return Promise.all(
      [payload].flat().map(async ({ id, method, params }) => {
        const given = this.answer(method, params as unknown[]);
        if (given !== undefined) return { id, result: given };
        try {
          return { id, result: await this.connection.provider.request({ method, params: params as unknown[] }) };
        } catch (error) {
          const { code, message, data } = error as { code: number; message: string; data?: unknown };
          return { id, error: { code, message, data } } as unknown as JsonRpcResult;
        }
      }),
    );
  }
}

export type InProcessOptions = {
  config?: Partial<KeeperConfig>;
  pyth?: PythPrices;
  /** Of contracts the world does not know. */
  addresses?: Partial<Addresses>;
};

export type InProcess = Awaited<ReturnType<typeof keeperOn>>;

/** A keeper in this process on a world in this process: one look at a time, everything it has in reach. */
export async function keeperOn(world: World, { config = {}, pyth, addresses = {} }: InProcessOptions = {}) {
  const provider = new InProcessProvider(world.connection);
  const rpc = Object.assign(new Rpc("first", "http://in.this.process", LOCAL_CHAIN, 1_000), {
    provider,
    alone: provider,
  }) as unknown as Rpc;
  const book = await bookOf(world, addresses);
  const lines: LogLine[] = [];
  const log = createLog({
    level: "debug",
    isPretty: false,
    secrets: [],
    write: (line) => void lines.push(JSON.parse(line)),
  });
  const system = connect({ book, runner: provider });
  const genesis = (await rpc.headAt(0))!.hash;
  const keeper: Keeper = {
    config: { ...parseConfig({ network: "here", altruistic: true }), ...config },
    book,
    state: emptyState({ chainId: String(LOCAL_CHAIN), clearinghouse: book.addresses.clearinghouse, genesis }, 0),
    save: async () => {},
    rpcs: [rpc],
    systemOf: () => system,
    sender: await createSender(new Wallet(KEEPER_KEY), LOCAL_CHAIN),
    pyth,
    log,
    metrics: createMetrics(),
    conditions: new Conditions(log),
  };
  const kinds: string[] = [];
  return {
    keeper,
    provider,
    lines,
    address: keeper.sender!.address,
    said: (text: string) => lines.filter(({ msg }) => msg.includes(text)),
    tick: (): Promise<TickReturnType> => tick(keeper),
    /** Looks until nothing is left to do; what was sent, in order. */
    async work(): Promise<string[]> {
      kinds.length = 0;
      for (let looks = 0; looks < 12; looks += 1) {
        const from = lines.length;
        const { sent } = await tick(keeper);
        kinds.push(...lines.slice(from).flatMap(({ msg, kind }) => (msg === "sent" ? [String(kind)] : [])));
        if (sent === 0) return [...kinds];
      }
      throw new Error(`it finds no end: ${kinds.join(", ")}`);
    },
  };
}

/** Kinds that are not about epochs. */
export const apart = (kinds: string[]): string[] => kinds.filter((kind) => !kind.endsWith("Epoch"));

async function bookOf({ system }: World, more: Partial<Addresses>): Promise<AddressBook> {
  const { access, vault, oracle, chainlink, pool, senior, junior, insurance, waterfall, clearinghouse, steward } =
    system;
  const named = {
    access,
    vault,
    oracle,
    chainlink,
    pool,
    senior,
    junior,
    insurance,
    waterfall,
    clearinghouse,
    steward,
  };
  const { orders, token: mockToken, prices: mockPrices } = system;
  const all = { ...named, orders: orders ?? system.executor, mockToken, mockPrices };
  const addresses = Object.fromEntries(Object.entries(all).map(([name, { target }]) => [name, String(target)]));
  return { chainId: LOCAL_CHAIN, addresses: { ...addresses, ...more } as Addresses, startBlock: 0, symbols: new Map() };
}
