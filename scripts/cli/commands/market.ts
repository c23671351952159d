import { formatAccount } from "../../sdk/accountId.ts";
import { closeSettled } from "../../sdk/actions/closeSettled.ts";
import { deleverage } from "../../sdk/actions/deleverage.ts";
import { markMarket } from "../../sdk/actions/markMarket.ts";
import { previewDeleverage } from "../../sdk/actions/previewDeleverage.ts";
import { readMarkets } from "../../sdk/actions/readMarkets.ts";
import { restrictOpening } from "../../sdk/actions/restrictOpening.ts";
import { settleDeadMarket } from "../../sdk/actions/settleDeadMarket.ts";
import { formatMarket } from "../../sdk/markets.ts";
import { BP, formatDuration, formatPercent, parseDuration, parseFraction, WAD } from "../../sdk/units.ts";
import { InputError } from "../../shared/inputError.ts";
import { change } from "../change.ts";
import type { CommandSpec, NounSpec } from "../command.ts";
import { listed } from "../listedMarket.ts";
import * as figures from "../report.ts";
import { type Fact, fact, maybe, usd } from "../report.ts";
import { buckets, gap } from "./marketBook.ts";

const MARKET: [string, string] = ["<market>", "symbol or number"];

const list: CommandSpec = {
  verb: "list",
  summary: "Markets with price, open interest against caps, and funding.",
  example: "",
  async run(session) {
    const markets = await readMarkets(await session.breakwater());
    return [
      {
        key: "markets",
        columns: [
          { key: "marketId", head: "id" },
          { key: "market", head: "market" },
          { key: "state", head: "state" },
          { key: "price", head: "price, USD" },
          { key: "longNotional", head: "longs, USD" },
          { key: "shortNotional", head: "shorts, USD" },
          { key: "openInterestCap", head: "cap a side, USD" },
          { key: "skewNotional", head: "skew, USD" },
          { key: "skewCap", head: "skew cap, USD" },
          { key: "fundingPerHour", head: "funding an hour" },
        ],
        rows: markets.map((market) => ({
          marketId: figures.count(market.market),
          market: figures.text(market.symbol),
          state: figures.text(market.state),
          price: maybe(market.price, figures.price),
          longNotional: usd(market.longNotional),
          shortNotional: usd(market.shortNotional),
          openInterestCap: usd(market.openInterestCap),
          skewNotional: figures.signedUsd(market.longNotional - market.shortNotional),
          skewCap: usd(market.skewCap),
          fundingPerHour: figures.fineBps(market.fundingPerHour),
        })),
        foot: {
          market: figures.text("sum"),
          longNotional: usd(markets.reduce((sum, { longNotional }) => sum + longNotional, 0n)),
          shortNotional: usd(markets.reduce((sum, { shortNotional }) => sum + shortNotional, 0n)),
        },
        empty: "no market is listed",
      },
    ];
  },
};

const show: CommandSpec = {
  verb: "show",
  summary: "One market: terms, open interest, funding, and whether deleveraging is due.",
  args: [MARKET],
  example: "eth",
  async run(session, args) {
    const breakwater = await session.breakwater();
    const state = await listed(breakwater, args.market!);
    const preview = await previewDeleverage(breakwater, { market: state.market });
    return [
      {
        facts: [
          fact("marketId", "id", figures.count(state.market)),
          fact("market", "market", figures.text(state.symbol)),
          fact("state", "state", figures.text(state.state)),
          fact("price", "price, USD", maybe(state.price, figures.price)),
          fact("lastPrice", "price at the last mark, USD", figures.price(state.lastPrice)),
          fact("touchedAt", "last mark", figures.time(state.touchedAt)),
          fact("longBase", "longs", figures.size(state.longBase)),
          fact("shortBase", "shorts", figures.size(state.shortBase)),
          fact("longNotional", "longs, USD", usd(state.longNotional)),
          fact("shortNotional", "shorts, USD", usd(state.shortNotional)),
          fact("openInterestCap", "cap a side, USD", usd(state.openInterestCap)),
          fact("skewCap", "skew cap, USD", usd(state.skewCap)),
          fact("fundingPerHour", "funding an hour (longs pay +)", figures.fineBps(state.fundingPerHour)),
          fact("mark", "owed to its traders, USD", usd(state.mark)),
          fact("imrBps", "initial margin, calm", figures.bps(state.imrBps)),
          fact("feeBps", "fee", figures.bps(state.feeBps)),
          fact("minNotional", "smallest position, USD", usd(state.minNotional)),
          fact("maxPositionBase", "largest position", figures.size(state.maxPositionBase)),
          fact("restrictedTo", "guardian leaves of the caps", maybe(state.restriction?.shareBps, figures.bps)),
          fact("restrictedUntil", "until", maybe(state.restriction?.until, figures.time)),
        ],
      },
      {
        key: "deleverage",
        title: "Deleveraging, at the last marks",
        facts: [
          fact("need", "due, USD", usd(preview.need)),
          fact("haircut", "would withhold of profits", figures.percent(preview.haircut)),
          fact("closeFraction", "would close of the heavy side", figures.percent(preview.closeFraction)),
          fact("eligibleProfit", "profit it could reach, USD", usd(preview.eligibleProfit)),
          fact("buckets", "buckets", figures.count(preview.buckets)),
          fact("positions", "positions in them", figures.count(preview.positions)),
          fact("reward", "caller earns, USD", usd(preview.reward)),
        ],
      },
    ];
  },
};

const mark: CommandSpec = {
  verb: "mark",
  summary: "Accrues funding and stores the mark at the present price: of one market or of all. Anybody may.",
  args: [["[market]", "symbol or number; all unless given"]],
  example: "eth",
  async run(session, args) {
    const breakwater = await session.breakwater();
    const market = args.market === undefined ? undefined : (await listed(breakwater, args.market)).market;
    return change(session, {
      what: `mark ${market === undefined ? "all markets" : formatMarket(breakwater.book, market)}`,
      act: (how) => markMarket(breakwater, { ...how, market }),
      watch: async () => [
        fact("markTotal", "owed on open positions, USD", usd(await breakwater.pool.markTotal())),
        fact("equity", "pool equity, USD", usd(await breakwater.pool.equity())),
      ],
    });
  },
};

const deleverageCommand: CommandSpec = {
  verb: "deleverage",
  summary: "Charges or closes traders in profit where that is due. Anybody may, and earns; `market show` previews.",
  args: [MARKET],
  example: "eth",
  async run(session, args) {
    const breakwater = await session.breakwater();
    const { market, symbol } = await listed(breakwater, args.market!);
    return change(session, {
      what: `deleverage ${symbol}`,
      act: (how) => deleverage(breakwater, { ...how, market }),
      watch: async (): Promise<Fact[]> => [
        fact("equity", "pool equity, USD", usd(await breakwater.pool.equity())),
        fact("floor", "protected floor, USD", usd(await breakwater.pool.floor())),
        fact("traderClaims", "owed back to traders, USD", usd((await breakwater.clearinghouse.traderClaims())[0])),
      ],
    });
  },
};

const settleDead: CommandSpec = {
  verb: "settle-dead",
  summary: "Notes that a market has no price; a week later, settles it. Anybody may, twice.",
  args: [MARKET],
  example: "eth",
  async run(session, args) {
    const breakwater = await session.breakwater();
    const { market, symbol } = await listed(breakwater, args.market!);
    return change(session, {
      what: `note or settle ${symbol} as dead`,
      act: (how) => settleDeadMarket(breakwater, { ...how, market }),
      found: ({ settleableAt }) => [fact("settleableAt", "can be settled from", maybe(settleableAt, figures.time))],
      watch: async () => [fact("state", "state", figures.text((await listed(breakwater, args.market!)).state))],
    });
  },
};

const closeSettledCommand: CommandSpec = {
  verb: "close-settled",
  summary: "Closes a position of a settled market at its price, without fee or order. Anybody may, for anybody.",
  args: [MARKET, ["[account]", "one's own first one unless given"]],
  example: "eth 0",
  async run(session, args) {
    const breakwater = await session.breakwater();
    const { market, symbol } = await listed(breakwater, args.market!);
    const account = await session.account(args.account);
    return change(session, {
      what: `close the ${symbol} position of ${formatAccount(account)} at the settled price`,
      act: (how) => closeSettled(breakwater, { ...how, account, market }),
      watch: async () => [fact("margin", "margin, USD", usd((await breakwater.clearinghouse.account(account)).margin))],
    });
  },
};

const restrict: CommandSpec = {
  verb: "restrict",
  summary: "Leaves openings only a share of the caps for a time. The guardian may; closing and liquidating go on.",
  args: [MARKET, ["<share>", "of the caps, 0% stops openings"], ["<time>", "from now, 0 ends a restriction"]],
  example: "eth 50% 1h",
  async run(session, args) {
    const share = parseFraction(args.share!, "share");
    const duration = parseDuration(args.time!, "time");
    if (share === WAD) throw new InputError("share: all of the caps is no restriction; a time of 0 ends one");
    if (share % BP !== 0n) throw new InputError(`share: "${args.share}" is finer than 0.01%`);
    const breakwater = await session.breakwater();
    const { market, symbol } = await listed(breakwater, args.market!);
    const shareBps = share / BP;
    return change(session, {
      what: `leave openings in ${symbol} ${formatPercent(share)} of the caps for ${formatDuration(duration, 4)}`,
      act: (how) => restrictOpening(breakwater, { ...how, market, shareBps, duration }),
      watch: async () => {
        const { restriction } = await listed(breakwater, args.market!);
        return [
          fact("restrictedTo", "left of the caps", maybe(restriction?.shareBps, figures.bps)),
          fact("restrictedUntil", "until", maybe(restriction?.until, figures.time)),
        ];
      },
    });
  },
};

export default {
  noun: "market",
  summary: "Markets, their books, and what anybody may do for them.",
  commands: [list, show, mark, buckets, gap, deleverageCommand, settleDead, closeSettledCommand, restrict],
} satisfies NounSpec;
