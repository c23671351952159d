import type { Result } from "ethers";
import type { IDeleveraging } from "../../../typechain-types/contracts/interfaces/IDeleveraging.ts";
import { accrued, fundingOwed, impactReserve, maintenanceRequirement, newMarket, pricePnl } from "../model/market.ts";
import type { Market } from "../model/types.ts";
import type { Chain } from "./chain.ts";
import { type Stage, traderId } from "./exchange.ts";

/** A trader as last read from the chain. USD and base units WAD. */
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

type View = "account" | "replayed" | "debtsTo" | "claimsOf" | "market";

/** Missed deleveraging events that cost as much to look at as a position itself. */
const EVENTS_OF_A_VIEW = 16;

/** Funding and rounding between two reads move an account's edge by far less. */
const EDGE_SLACK = 0.005;

/**
 * What a keeper knows without asking: every trader and the market, read again only when a transaction touched them. A bar
 * therefore costs a comparison a trader, whatever their number, and the exact sum only for those near their edge.
 */
export class TraderBook {
  readonly seats: Seat[];
  private readonly stage: Stage;
  private readonly chain: Chain<never>;
  private market: Market;

  constructor(stage: Stage, chain: Chain<never>, traders: number) {
    this.stage = stage;
    this.chain = chain;
    const p = stage.params;
    this.market = newMarket(
      stage.market,
      {
        ...p,
        imrBps: BigInt(p.imrBps),
        volFactorBps: BigInt(p.volFactorBps),
        slopeBpsPerMillion: BigInt(p.slopeBpsPerMillion),
        feeBps: BigInt(p.feeBps),
        maxFundingBps: BigInt(p.maxFundingBps),
        keeperWindow: BigInt(p.keeperWindow),
        reserveFactorBps: BigInt(p.reserveFactorBps),
        poolShareBps: BigInt(p.poolShareBps),
        riskWeightBps: BigInt(p.riskWeightBps),
        minNotionalCents: BigInt(p.minNotionalCents),
      },
      "Open",
      0n,
    );
    this.seats = Array.from({ length: traders }, (_, index) => ({
      index,
      id: traderId(stage, index),
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

  /** Signed size of all positions. */
  get skew(): bigint {
    return this.market.long.size - this.market.short.size;
  }

  /** Reads again what a block changed: the market and, as deleveraging has left them, these traders. */
  async refresh(touched: Iterable<number>): Promise<void> {
    const { clearinghouse } = this.stage.world.system;
    const seats = [...new Set(touched)].map((index) => this.seats[index]!);
    const [market] = await this.read("market", [[this.stage.market]]);
    const { long, short, fundingIndex, touchedAt } = market![0] as Awaited<ReturnType<typeof clearinghouse.market>>;
    Object.assign(this.market, {
      long: { ...this.market.long, size: long.sizeBase },
      short: { ...this.market.short, size: short.sizeBase },
      fundingIndex,
      touchedAt,
    });
    const accounts = await this.read(
      "account",
      seats.map((seat) => [seat.id]),
    );
    const owing = seats.filter((_, i) => (accounts[i]![0] as { debts: bigint }).debts !== 0n);
    const debts = await this.read(
      "debtsTo",
      owing.map((seat) => [seat.id]),
    );
    for (const [i, seat] of seats.entries()) {
      seat.margin = (accounts[i]![0] as { margin: bigint }).margin;
      seat.owed = 0n;
      seat.closed = 0n;
      seat.missed = 0;
    }
    for (const [i, seat] of owing.entries()) seat.owed = (debts[i]![0] as bigint) + (debts[i]![1] as bigint);
    await this.readPositions(seats);
  }

  /** Reads again every open position, after a deleveraging of `events` events. Nobody was touched by it. */
  async refreshCharged(events: number): Promise<void> {
    const open = this.seats.filter((seat) => seat.size !== 0n);
    for (const seat of open) seat.missed += events;
    await this.readPositions(open);
    await this.refresh([]);
  }

  private async readPositions(seats: Seat[]): Promise<void> {
    const positions = await this.read(
      "replayed",
      seats.map((seat) => [seat.id, this.stage.market]),
      1 + Math.max(0, ...seats.map((seat) => seat.missed)) / EVENTS_OF_A_VIEW,
    );
    for (const [i, seat] of seats.entries()) {
      const seen = positions[i]![0] as IDeleveraging.ReplayedStructOutput;
      const { position } = seen;
      const closed = seen.credit + seen.returned - seen.fundingOwed;
      seat.owed += closed - seat.closed;
      seat.closed = closed;
      seat.cut = seen.cut;
      seat.size = position.size;
      seat.cost = position.cost;
      seat.settled = position.settled;
      seat.mmBps = position.mmBps;
      seat.fundingEntry = position.fundingEntry;
      seat.edge = edgeOf(seat);
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
