import type { Exchange, MarketParams } from "../model/index.ts";
import { replay } from "../model/replay.ts";
import { type Seat, TraderBook } from "../replay/book.ts";

/** The book, read from the model. */
export class ModelBook extends TraderBook {
  private readonly exchange: Exchange;
  private readonly id: number;

  constructor(exchange: Exchange, market: number, params: MarketParams, ids: bigint[]) {
    super(market, params, ids);
    this.exchange = exchange;
    this.id = market;
  }

  override async refresh(touched: Iterable<number>): Promise<void> {
    const { long, short, fundingIndex, touchedAt } = this.exchange.market(this.id);
    this.takeMarket({ longSize: long.size, shortSize: short.size, fundingIndex, touchedAt });
    const seats = [...new Set(touched)].map((index) => this.seats[index]!);
    for (const seat of seats) {
      const { collectable, outstanding } = this.exchange.debtsTo(seat.id);
      this.takeAccount(seat, this.exchange.margin(seat.id), collectable + outstanding);
    }
    await this.readPositions(seats);
  }

  protected override async readPositions(seats: Seat[]): Promise<void> {
    const market = this.exchange.market(this.id);
    for (const seat of seats) {
      const held = this.exchange.position(seat.id, this.id);
      this.takePosition(seat, held === undefined ? NOTHING : replay(held.size > 0n ? market.long : market.short, held));
    }
  }
}

const NOTHING = {
  position: { size: 0n, cost: 0n, settled: 0n, mmBps: 0n, fundingEntry: 0n },
  credit: 0n,
  returned: 0n,
  fundingOwed: 0n,
  cut: 0n,
};
