import { accrued, fundingOwed, impactReserve, maintenanceRequirement, newMarket, pricePnl } from "../model/market.ts";
import type { Market, MarketParams, Position } from "../model/types.ts";

/** A trader as last read. USD and base units WAD. */
export type Seat = {
  index: number;
  id: bigint;
  margin: bigint;
  size: bigint;
  cost: bigint;
  settled: bigint;
  mmBps: bigint;
  fundingEntry: bigint;
  /** What the pool owes the account: debts of earlier operations, and what deleveraging closed of the position. */
  owed: bigint;
  /** Profit that deleveraging has withheld since the position was last touched. */
  cut: bigint;
  /** What it has closed since then and brings to the account. */
  closed: bigint;
  /** Deleveraging events since then, at most. */
  missed: number;
  /** Roughly where the account becomes liquidatable; decides whether the exact sum is worth doing. */
  edge: number;
};

/** A position as deleveraging has left it, and what that brings. */
export type Seen = {
  position: Pick<Position, "size" | "cost" | "settled" | "mmBps" | "fundingEntry">;
  credit: bigint;
  returned: bigint;
  fundingOwed: bigint;
  cut: bigint;
};

/** Funding and rounding between two reads move an account's edge by far less. */
const EDGE_SLACK = 0.005;

/**
 * What a keeper knows without asking: every trader and the market, read again only when a transaction touched them. A bar
 * therefore costs a comparison a trader, whatever their number, and the exact sum only for those near their edge. Where it
 * is read from is up to who extends it: the chain, or the model.
 */
export abstract class TraderBook {
  readonly seats: Seat[];
  protected readonly market: Market;

  constructor(market: number, params: MarketParams, ids: bigint[]) {
    this.market = newMarket(market, params, "Open", 0n);
    this.seats = ids.map((id, index) => ({
      index,
      id,
      margin: 0n,
      size: 0n,
      cost: 0n,
      settled: 0n,
      mmBps: 0n,
      fundingEntry: 0n,
      owed: 0n,
      cut: 0n,
      closed: 0n,
      missed: 0,
      edge: 0,
    }));
  }

  /** Reads again what a block changed: the market and, as deleveraging has left them, these traders. */
  abstract refresh(touched: Iterable<number>): Promise<void>;

  /** Positions only, as they are once everything missed is replayed. */
  protected abstract readPositions(seats: Seat[]): Promise<void>;

  /** Signed size of all positions. */
  get skew(): bigint {
    return this.market.long.size - this.market.short.size;
  }

  /** Reads again every open position, after a deleveraging of `events` events. Nobody was touched by it. */
  async refreshCharged(events: number): Promise<void> {
    const open = this.seats.filter((seat) => seat.size !== 0n);
    for (const seat of open) seat.missed += events;
    await this.readPositions(open);
    await this.refresh([]);
  }

  /** What belongs to whoever unwinds the skew. */
  impactReserve(price: bigint): bigint {
    return impactReserve(this.market, price);
  }

  /** Traders whose equity is below maintenance at a price and time; the worst first. */
  due(price: bigint, time: number): number[] {
    const rough = Number(price) / 1e18;
    const found: { index: number; ratio: number }[] = [];
    for (const seat of this.seats) {
      if (seat.size === 0n) continue;
      if (seat.size > 0n ? rough > seat.edge * (1 + EDGE_SLACK) : rough < seat.edge * (1 - EDGE_SLACK)) continue;
      const { equity, maintenance } = this.health(seat, price, time);
      if (equity < maintenance) found.push({ index: seat.index, ratio: Number(equity) / Number(maintenance) });
    }
    return found.sort((a, b) => a.ratio - b.ratio || a.index - b.index).map(({ index }) => index);
  }

  /** Of every trader, read again. */
  async equities(price: bigint, time: number): Promise<bigint[]> {
    const missed = this.seats.map((seat) => seat.missed);
    await this.refresh(this.seats.keys());
    for (const seat of this.seats) seat.missed = missed[seat.index]!;
    return this.seats.map((seat) => this.health(seat, price, time).equity);
  }

  /** To the wei, as the contracts would say at that price and time. */
  health(seat: Seat, price: bigint, time: number): { equity: bigint; maintenance: bigint } {
    const { index } = accrued(this.market, price, BigInt(time));
    const unrealised = pricePnl(seat, price) + seat.settled - fundingOwed(seat, index);
    return {
      equity: seat.margin + seat.owed + unrealised,
      maintenance: maintenanceRequirement(this.market, seat.size, seat.mmBps, price),
    };
  }

  protected takeMarket(seen: { longSize: bigint; shortSize: bigint; fundingIndex: bigint; touchedAt: bigint }): void {
    const { market } = this;
    const { longSize, shortSize, fundingIndex, touchedAt } = seen;
    Object.assign(market, {
      long: { ...market.long, size: longSize },
      short: { ...market.short, size: shortSize },
      fundingIndex,
      touchedAt,
    });
  }

  /** An account that was touched: nothing is missed any more. */
  protected takeAccount(seat: Seat, margin: bigint, owed: bigint): void {
    Object.assign(seat, { margin, owed, closed: 0n, missed: 0 });
  }

  protected takePosition(seat: Seat, { position, credit, returned, fundingOwed: owes, cut }: Seen): void {
    const closed = credit + returned - owes;
    seat.owed += closed - seat.closed;
    seat.closed = closed;
    seat.cut = cut;
    seat.size = position.size;
    seat.cost = position.cost;
    seat.settled = position.settled;
    seat.mmBps = position.mmBps;
    seat.fundingEntry = position.fundingEntry;
    seat.edge = edgeOf(seat);
  }
}

/** Where `margin + owed + settled + PnL = maintenance`, funding and slope aside. */
function edgeOf(seat: Seat): number {
  if (seat.size === 0n) return 0;
  const size = Number(seat.size) / 1e18;
  const own = Number(seat.margin + seat.owed + seat.settled) / 1e18;
  const cost = Number(seat.cost) / 1e18;
  const rate = Number(seat.mmBps) / 10_000 + SLOPE_ALLOWANCE;
  return size > 0 ? (cost - own) / (size * (1 - Math.min(rate, 0.99))) : (own + cost) / (-size * (1 + rate));
}

/** Room for the part of the rate that grows with size; a wider net, never a different verdict. */
const SLOPE_ALLOWANCE = 0.01;
