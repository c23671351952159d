import { formatAccount } from "../../sdk/accountId.ts";
import { closePosition } from "../../sdk/actions/closePosition.ts";
import { type OpenPositionReturnType, openPosition } from "../../sdk/actions/openPosition.ts";
import { readAccount } from "../../sdk/actions/readAccount.ts";
import { formatMarket } from "../../sdk/markets.ts";
import { acceptablePrice, quote } from "../../sdk/quote.ts";
import { formatExact, fromNative, parseFraction, parsePositive, WAD } from "../../sdk/units.ts";
import { InputError } from "../../shared/inputError.ts";
import { change } from "../change.ts";
import type { CommandSpec, NounSpec, Options } from "../command.ts";
import { listedMarket } from "../listedMarket.ts";
import * as figures from "../report.ts";
import { type Fact, fact, maybe, usd } from "../report.ts";
import type { Session } from "../session.ts";
import { positionsTable } from "../tables.ts";

const MARKET: [string, string] = ["<market>", "symbol or number"];
const ACCOUNT: [string, string] = [
  "--account <account>",
  "0xOwner/1, or a sub-account of one's own; the first unless given",
];
const SLIPPAGE: [string, string, string] = ["--slippage <share>", "worse than the present fill by at most", "1%"];
const SIZES: [string, string][] = [
  ["--size <base>", "in base units"],
  ["--usd <amount>", "in dollars at the present price"],
];

/** "long eth --size 2" as a signed size. */
async function sizeOf(session: Session, side: string, market: number, { size, usd }: Options): Promise<bigint> {
  if (side !== "long" && side !== "short") throw new InputError(`side: "${side}" is neither long nor short`);
  if ((size === undefined) === (usd === undefined)) throw new InputError("give either --size or --usd");
  const sign = side === "long" ? 1n : -1n;
  if (size !== undefined) return sign * parsePositive(String(size), "--size");
  const amount = parsePositive(String(usd), "--usd");
  const { price } = await quote(await session.breakwater(), { market, sizeDelta: 0n });
  return (sign * amount * WAD) / price;
}

const open: CommandSpec = {
  verb: "open",
  summary: "Orders a long or a short at the price that comes. It is open once somebody has executed the order.",
  args: [["<side>", "long or short"], MARKET],
  options: [...SIZES, SLIPPAGE, ACCOUNT],
  example: "long eth --size 2",
  async run(session, { side, market: name }, options) {
    const slippage = parseFraction(String(options.slippage), "--slippage");
    const breakwater = await session.breakwater();
    const market = await listedMarket(breakwater, name!);
    const sizeDelta = await sizeOf(session, side!, market, options);
    const account = await session.account(options.account as string | undefined);
    const symbol = formatMarket(breakwater.book, market);
    return change(session, {
      what: `order a ${side} of ${formatExact(sizeDelta < 0n ? -sizeDelta : sizeDelta)} ${symbol} for ${formatAccount(account)}`,
      act: (how) => openPosition(breakwater, { ...how, account, market, sizeDelta, slippage }),
      watch: () => wallet(session),
      found: ordered,
    });
  },
};

const close: CommandSpec = {
  verb: "close",
  summary: "Orders the end of a position, or of a share of it, at the price that comes.",
  args: [MARKET],
  options: [["--share <share>", "of the position", "100%"], SLIPPAGE, ACCOUNT],
  example: "eth --share 50%",
  async run(session, { market: name }, options) {
    const slippage = parseFraction(String(options.slippage), "--slippage");
    const share = parseFraction(String(options.share), "--share");
    if (share <= 0n || share > WAD) throw new InputError(`--share ${options.share}: more than 0% and at most 100%`);
    const breakwater = await session.breakwater();
    const market = await listedMarket(breakwater, name!);
    const account = await session.account(options.account as string | undefined);
    return change(session, {
      what: `order the end of ${options.share} of the ${formatMarket(breakwater.book, market)} position of ${formatAccount(account)}`,
      act: (how) => closePosition(breakwater, { ...how, account, market, share, slippage }),
      watch: () => wallet(session),
      found: ordered,
    });
  },
};

/** What the keeper's fee comes from. */
async function wallet(session: Session): Promise<Fact[]> {
  const { token, scale } = await session.breakwater();
  return [fact("wallet", "wallet, USD", usd(fromNative(await token.balanceOf(await session.self()), scale)))];
}

function ordered({ orderId, price, fill, limit }: OpenPositionReturnType): Fact[] {
  return [
    fact("orderId", "order", maybe(orderId, figures.count)),
    fact("price", "price now, USD", figures.price(price)),
    fact("fill", "fill now with impact, USD", figures.price(fill)),
    fact("limit", "fill at worst, USD", figures.price(limit)),
  ];
}

const show: CommandSpec = {
  verb: "show",
  summary: "Open positions of an account.",
  args: [["[account]", "one's own first one unless given"]],
  example: "0",
  async run(session, args) {
    const breakwater = await session.breakwater();
    const { positions } = await readAccount(breakwater, { account: await session.account(args.account) });
    return [positionsTable(breakwater, positions)];
  },
};

const preview: CommandSpec = {
  verb: "preview",
  summary: "What a trade would fill at now, what it would cost and how much margin it would need.",
  args: [["<side>", "long or short"], MARKET],
  options: [...SIZES, SLIPPAGE, ACCOUNT],
  example: "short btc --usd 20000",
  async run(session, { side, market: name }, options) {
    const slippage = parseFraction(String(options.slippage), "--slippage");
    const breakwater = await session.breakwater();
    const market = await listedMarket(breakwater, name!);
    const sizeDelta = await sizeOf(session, side!, market, options);
    const account = await session.account(options.account as string | undefined);
    const [{ price, fill, fee }, { params }, state, keeperFee] = await Promise.all([
      quote(breakwater, { market, sizeDelta }),
      breakwater.clearinghouse.market(market),
      readAccount(breakwater, { account }),
      breakwater.orders.keeperFee(),
    ]);
    const size = sizeDelta < 0n ? -sizeDelta : sizeDelta;
    const notional = (size * fill) / WAD;
    const rate = params.imrBps * 10n ** 14n + (notional * params.slopeBpsPerMillion) / 10n ** 10n;
    return [
      {
        facts: [
          fact("market", "market", figures.text(formatMarket(breakwater.book, market))),
          fact("size", "size", figures.size(sizeDelta)),
          fact("price", "price now, USD", figures.price(price)),
          fact("fill", "fill now with impact, USD", figures.price(fill)),
          fact(
            "limit",
            `fill at worst (${options.slippage}), USD`,
            figures.price(acceptablePrice(fill, sizeDelta, slippage)),
          ),
          fact("notional", "notional, USD", usd(notional)),
          fact("fee", "fee, USD", usd(fee)),
          fact("keeperFee", "keeper's fee, USD", usd(keeperFee)),
          fact("initialMargin", "initial margin in a calm market, USD", usd((notional * rate) / WAD)),
          fact("margin", "margin of the account, USD", usd(state.margin)),
          fact("equity", "equity of the account, USD", maybe(state.health?.equity, usd)),
        ],
      },
    ];
  },
};

export default {
  noun: "position",
  summary: "Longs and shorts. Trades go through orders, and the price comes after the order.",
  commands: [open, close, show, preview],
} satisfies NounSpec;
