import { previewGap } from "../../sdk/actions/previewGap.ts";
import { readPrice } from "../../sdk/actions/readPrice.ts";
import { formatMarket } from "../../sdk/markets.ts";
import { parsePositive, WAD } from "../../sdk/units.ts";
import type { CommandSpec } from "../command.ts";
import { listed } from "../listedMarket.ts";
import * as figures from "../report.ts";
import { fact, maybe, type Report, usd } from "../report.ts";

const MARKET: [string, string] = ["<market>", "symbol or number"];

export const buckets: CommandSpec = {
  verb: "buckets",
  summary: "Positions of a market by entry price, and which of them deleveraging would reach.",
  args: [MARKET],
  options: [["--price <price>", "USD; the present one unless given"]],
  example: "eth --price 2700",
  async run(session, args, options) {
    const given = options.price === undefined ? undefined : parsePositive(String(options.price), "--price");
    const breakwater = await session.breakwater();
    const { market, lastPrice } = await listed(breakwater, args.market!);
    const price = given ?? (await readPrice(breakwater, { market })).price ?? lastPrice;
    const sides = await Promise.all(
      [true, false].map(async (isLong) => ({
        side: isLong ? "long" : "short",
        found: await breakwater.clearinghouse.buckets(market, isLong, price),
      })),
    );
    const all = sides.flatMap(({ side, found }) => found.map((bucket) => ({ side, bucket })));
    return [
      { facts: [fact("price", "at the price, USD", figures.price(price))] },
      {
        key: "buckets",
        columns: [
          { key: "side", head: "side" },
          { key: "tick" },
          { key: "positions", head: "positions" },
          { key: "size", head: "size" },
          { key: "entryPrice", head: "mean entry, USD" },
          { key: "edge", head: "worst entry, USD" },
          { key: "isReached", head: "reached" },
          { key: "profit", head: "profit, USD" },
        ],
        rows: all.map(({ side, bucket }) => ({
          side: figures.text(side),
          tick: figures.count(bucket.tick),
          positions: figures.count(bucket.positions),
          size: figures.size(bucket.sizeBase),
          entryPrice: bucket.sizeBase === 0n ? figures.none : figures.price((bucket.cost * WAD) / bucket.sizeBase),
          edge: figures.price(bucket.edge),
          isReached: figures.yesNo(bucket.isReached),
          profit: usd(bucket.profit),
        })),
        foot: {
          side: figures.text("sum"),
          positions: figures.count(all.reduce((sum, { bucket }) => sum + bucket.positions, 0n)),
          profit: usd(all.reduce((sum, { bucket }) => sum + bucket.profit, 0n)),
        },
        empty: "no position is open",
      },
    ];
  },
};

const GAP_LAYERS = ["forgone", "insurance", "junior", "senior", "adl", "residual"] as const;

export const gap: CommandSpec = {
  verb: "gap",
  summary: "If the price went there at once: who is liquidated, and what each layer pays.",
  args: [MARKET, ["<price>", "USD"]],
  example: "eth 2400",
  async run(session, args): Promise<Report> {
    const price = parsePositive(args.price!, "price");
    const breakwater = await session.breakwater();
    const { market, price: present } = await listed(breakwater, args.market!);
    const preview = await previewGap(breakwater, { market, price });
    return [
      {
        facts: [
          fact("market", "market", figures.text(formatMarket(breakwater.book, market))),
          fact("price", "price now, USD", maybe(present, figures.price)),
          fact("gapPrice", "price there, USD", figures.price(price)),
          fact("seen", "accounts looked at", figures.count(preview.seen)),
          fact("liquidatable", "liquidatable", figures.count(preview.liquidatable)),
          fact("bankrupt", "bankrupt", figures.count(preview.bankrupt)),
          fact("longPnl", "longs win, USD", figures.signedUsd(preview.longPnl)),
          fact("shortPnl", "shorts win, USD", figures.signedUsd(preview.shortPnl)),
          fact("equityAtGap", "pool equity there, USD", usd(preview.equityAtGap)),
          fact("equityAfter", "pool equity after liquidations, USD", usd(preview.equityAfter)),
          fact("seniorAfter", "senior after, USD", usd(preview.seniorAfter)),
          fact("juniorAfter", "junior after, USD", usd(preview.juniorAfter)),
          fact("haircut", "traders in profit give", figures.percent(preview.haircut)),
        ],
      },
      {
        key: "layers",
        title: "Who pays",
        columns: [
          { key: "layer", head: "layer" },
          { key: "amount", head: "USD" },
          { key: "share", head: "share" },
        ],
        rows: GAP_LAYERS.map((layer) => ({
          layer: figures.text(layer),
          amount: usd(preview[layer]),
          share: figures.ratio(preview[layer], preview.deficit),
        })),
        foot: {
          layer: figures.text("deficit"),
          amount: usd(GAP_LAYERS.reduce((sum, layer) => sum + preview[layer], 0n)),
        },
      },
      {
        key: "accounts",
        title: "Who is liquidated",
        columns: [
          { key: "account", head: "account" },
          { key: "equity", head: "equity there, USD" },
          { key: "maintenance", head: "maintenance, USD" },
          { key: "isBankrupt", head: "bankrupt" },
          { key: "deficit", head: "deficit, USD" },
        ],
        rows: preview.accounts.map((one) => ({
          account: figures.account(one.account),
          equity: usd(one.equity),
          maintenance: usd(one.maintenance),
          isBankrupt: figures.yesNo(one.isBankrupt),
          deficit: usd(one.deficit),
        })),
        foot: {
          account: figures.text("sum"),
          deficit: usd(preview.accounts.reduce((sum, one) => sum + one.deficit, 0n)),
        },
        empty: "nobody",
      },
    ];
  },
};
