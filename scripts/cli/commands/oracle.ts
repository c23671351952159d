import { pushPythPrice } from "../../sdk/actions/pushPythPrice.ts";
import { PRICE_USES, readPrice } from "../../sdk/actions/readPrice.ts";
import { reportSilence } from "../../sdk/actions/reportSilence.ts";
import { setMockPrice } from "../../sdk/actions/setMockPrice.ts";
import type { Breakwater } from "../../sdk/contracts.ts";
import { formatMarket, parseMarket } from "../../sdk/markets.ts";
import { formatExact, parsePositive } from "../../sdk/units.ts";
import { change } from "../change.ts";
import type { CommandSpec, NounSpec } from "../command.ts";
import { listedMarket } from "../listedMarket.ts";
import { parseHexList } from "../options.ts";
import * as figures from "../report.ts";
import { type Fact, fact, maybe } from "../report.ts";

const MARKET: [string, string] = ["<market>", "symbol or number"];

const show: CommandSpec = {
  verb: "show",
  summary: "Prices, what they are good for, and where they come from: of all markets or of one.",
  args: [["[market]", "symbol or number"]],
  example: "eth",
  async run(session, args) {
    const breakwater = await session.breakwater();
    const count = Number(await breakwater.clearinghouse.marketCount());
    const ids =
      args.market === undefined
        ? Array.from({ length: count }, (_, id) => id)
        : [await listedMarket(breakwater, args.market)];
    const prices = await Promise.all(ids.map((market) => readPrice(breakwater, { market })));
    return [
      {
        key: "prices",
        columns: [
          { key: "marketId" },
          { key: "market", head: "market" },
          { key: "price", head: "price, USD" },
          { key: "publishedAt", head: "published" },
          { key: "value", head: "closing" },
          { key: "open", head: "opening" },
          { key: "liquidate", head: "liquidating" },
          { key: "sourceName", head: "source" },
          { key: "source" },
        ],
        rows: prices.map((state, i) => ({
          marketId: figures.count(ids[i]!),
          market: figures.text(formatMarket(breakwater.book, ids[i]!)),
          price: maybe(state.price, figures.price),
          publishedAt: maybe(state.publishedAt, figures.time),
          ...Object.fromEntries(
            PRICE_USES.map((use) => {
              const refusal = state.refusals[use];
              return [use, { text: refusal?.split("(")[0] ?? "good", json: refusal ?? "good" }];
            }),
          ),
          sourceName: figures.text(state.sourceName),
          source: figures.text(state.source),
        })),
      },
    ];
  },
};

async function priceFact(breakwater: Breakwater, market: number): Promise<Fact[]> {
  const { price } = await readPrice(breakwater, { market });
  return [fact("price", "price, USD", maybe(price, figures.price))];
}

const setPrice: CommandSpec = {
  verb: "set-price",
  summary: "Sets a mock price. On a deployment with mock prices anybody may.",
  args: [MARKET, ["<price>", "USD"]],
  example: "eth 2700",
  async run(session, args) {
    const price = parsePositive(args.price!, "price");
    const breakwater = await session.breakwater();
    const market = parseMarket(breakwater.book, args.market!);
    return change(session, {
      what: `set the price of ${formatMarket(breakwater.book, market)} to ${formatExact(price, 2)} USD`,
      act: (how) => setMockPrice(breakwater, { ...how, market, price }),
      watch: () => priceFact(breakwater, market),
    });
  },
};

const kill: CommandSpec = {
  verb: "kill",
  summary: "Makes a mock price feed fall silent; --revive ends it.",
  args: [MARKET],
  options: [["--revive", "it answers again"]],
  example: "eth",
  async run(session, args, { revive }) {
    const breakwater = await session.breakwater();
    const market = parseMarket(breakwater.book, args.market!);
    return change(session, {
      what: `make the price feed of ${formatMarket(breakwater.book, market)} ${revive ? "answer again" : "fall silent"}`,
      act: (how) => setMockPrice(breakwater, { ...how, market, isDead: revive !== true }),
      watch: () => priceFact(breakwater, market),
    });
  },
};

const push: CommandSpec = {
  verb: "push",
  summary: "Brings signed updates to a pull feed and pays its fee. Anybody may.",
  args: [["<update>", "hexadecimal data of Pyth's Hermes, commas between several"]],
  example: "0x504e4155010000...",
  async run(session, { update }) {
    const updateData = parseHexList(update!, "update");
    const breakwater = await session.breakwater();
    return change(session, {
      what: `bring ${updateData.length} signed price update(s)`,
      act: (how) => pushPythPrice(breakwater, { ...how, updateData }),
      found: ({ fee }) => [fact("fee", "fee, wei", { text: fee.toString(), json: fee.toString(), isRight: true })],
    });
  },
};

const silence: CommandSpec = {
  verb: "report-silence",
  summary: "Says that a pull feed has no price: a quarter of an hour later its market counts as dead.",
  args: [MARKET],
  example: "eth",
  async run(session, args) {
    const breakwater = await session.breakwater();
    const market = parseMarket(breakwater.book, args.market!);
    return change(session, {
      what: `report the silence of ${formatMarket(breakwater.book, market)}`,
      act: (how) => reportSilence(breakwater, { ...how, market }),
    });
  },
};

export default {
  noun: "oracle",
  summary: "Prices.",
  commands: [show, setPrice, kill, push, silence],
} satisfies NounSpec;
