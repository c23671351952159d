import type { Result } from "ethers";
import type { IDeleveraging } from "../../../typechain-types/contracts/interfaces/IDeleveraging.ts";
import { type Seat, TraderBook } from "./book.ts";
import type { Chain } from "./chain.ts";
import { type Stage, traderId } from "./exchange.ts";
import { modelParams } from "./setting.ts";

type View = "account" | "replayed" | "debtsTo" | "claimsOf" | "market";

/** Missed deleveraging events that cost as much to look at as a position itself. */
const EVENTS_OF_A_VIEW = 16;

/** The book, read from the chain. */
export class ChainBook extends TraderBook {
  private readonly stage: Stage;
  private readonly chain: Chain<never>;

  constructor(stage: Stage, chain: Chain<never>, traders: number) {
    const ids = Array.from({ length: traders }, (_, index) => traderId(stage, index));
    super(stage.market, modelParams(stage.params), ids);
    this.stage = stage;
    this.chain = chain;
  }

  override async refresh(touched: Iterable<number>): Promise<void> {
    const { clearinghouse } = this.stage.world.system;
    const seats = [...new Set(touched)].map((index) => this.seats[index]!);
    const [market] = await this.read("market", [[this.stage.market]]);
    const { long, short, fundingIndex, touchedAt } = market![0] as Awaited<ReturnType<typeof clearinghouse.market>>;
    this.takeMarket({ longSize: long.sizeBase, shortSize: short.sizeBase, fundingIndex, touchedAt });
    const accounts = await this.read(
      "account",
      seats.map((seat) => [seat.id]),
    );
    const owing = seats.filter((_, i) => (accounts[i]![0] as { debts: bigint }).debts !== 0n);
    const debts = await this.read(
      "debtsTo",
      owing.map((seat) => [seat.id]),
    );
    const owed = new Map(owing.map((seat, i) => [seat, (debts[i]![0] as bigint) + (debts[i]![1] as bigint)]));
    for (const [i, seat] of seats.entries()) {
      this.takeAccount(seat, (accounts[i]![0] as { margin: bigint }).margin, owed.get(seat) ?? 0n);
    }
    await this.readPositions(seats);
  }

  protected override async readPositions(seats: Seat[]): Promise<void> {
    const positions = await this.read(
      "replayed",
      seats.map((seat) => [seat.id, this.stage.market]),
      1 + Math.max(0, ...seats.map((seat) => seat.missed)) / EVENTS_OF_A_VIEW,
    );
    for (const [i, seat] of seats.entries()) {
      this.takePosition(seat, positions[i]![0] as IDeleveraging.ReplayedStructOutput);
    }
  }

  /** One view of the clearinghouse for many arguments, in few calls. */
  async read(name: View, args: unknown[][], work = 1): Promise<Result[]> {
    const { clearinghouse } = this.stage.world.system;
    const abi = clearinghouse.interface;
    const calls = args.map((one) => abi.encodeFunctionData(name as "account", one as never));
    const answers = await this.chain.callAll(this.stage.crowd, String(clearinghouse.target), calls, work);
    return answers.map((data) => abi.decodeFunctionResult(name as "account", data));
  }
}
