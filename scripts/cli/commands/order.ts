import { readFile, writeFile } from "node:fs/promises";
import { formatAccount } from "../../sdk/accountId.ts";
import { cancelOrder } from "../../sdk/actions/cancelOrder.ts";
import { executeOrder, type OrderOutcome } from "../../sdk/actions/executeOrder.ts";
import { type OrderState, readOrder } from "../../sdk/actions/readOrder.ts";
import { readOrders } from "../../sdk/actions/readOrders.ts";
import { signOrder } from "../../sdk/actions/signOrder.ts";
import { submitOrder } from "../../sdk/actions/submitOrder.ts";
import { submitSignedOrder } from "../../sdk/actions/submitSignedOrder.ts";
import { chainTime } from "../../sdk/chainTime.ts";
import { formatMarket } from "../../sdk/markets.ts";
import { ORDER_KINDS, type OrderKind, type OrderRequest } from "../../sdk/order.ts";
import { givenUpdates } from "../../sdk/pythPrices.ts";
import { ANY_PRICE } from "../../sdk/quote.ts";
import { formatExact, fromNative, parseDuration, parsePositive, parseWad } from "../../sdk/units.ts";
import { InputError } from "../../shared/inputError.ts";
import { systemErrorLine } from "../../shared/systemError.ts";
import { change } from "../change.ts";
import type { Arguments, CommandSpec, NounSpec, Options } from "../command.ts";
import { listedMarket } from "../listedMarket.ts";
import { parseCount, parseHexList, parseId } from "../options.ts";
import * as figures from "../report.ts";
import { type Fact, fact, maybe, usd } from "../report.ts";
import type { Session } from "../session.ts";
import { fromJson, toJsonText } from "../signedOrderFile.ts";
import { ordersTable } from "../tables.ts";

const REQUEST_ARGS: [string, string][] = [
  ["<market>", "symbol or number"],
  ["<size>", "base units; 2 buys, -2 sells"],
];
const REQUEST_OPTIONS: [string, string, string?][] = [
  ["--kind <kind>", ORDER_KINDS.join(", "), "market"],
  ["--trigger <price>", "USD; what at-or-above and at-or-below wait for"],
  ["--limit <price>", "USD; the worst fill with impact, any unless given"],
  ["--reduce-only", "never opens or flips a position"],
  ["--expires <time>", "how long it may wait (10m for market, 30d with a trigger)"],
  ["--account <account>", "0xOwner/1, or a sub-account of one's own; the first unless given"],
];

async function requestOf(session: Session, args: Arguments, options: Options): Promise<OrderRequest> {
  const { kind, trigger, limit, expires } = options as Record<string, string | undefined>;
  if (!ORDER_KINDS.includes(kind as OrderKind)) {
    throw new InputError(`--kind ${kind}: not one of ${ORDER_KINDS.join(", ")}`);
  }
  const isMarket = kind === "market";
  if (isMarket === (trigger !== undefined)) {
    throw new InputError(isMarket ? "--trigger: a market order has none" : `--kind ${kind} needs --trigger <price>`);
  }
  const sizeDelta = parseWad(args.size!, "size");
  if (sizeDelta === 0n) throw new InputError("size: more or less than zero");
  const acceptable = limit === undefined ? undefined : parsePositive(limit, "--limit");
  const triggerPrice = trigger === undefined ? 0n : parsePositive(trigger, "--trigger");
  const wait = parseDuration(expires ?? (isMarket ? "10m" : "30d"), "--expires");
  const market = await listedMarket(await session.breakwater(), args.market!);
  return {
    account: await session.account(options.account as string | undefined),
    market,
    kind: kind as OrderKind,
    sizeDelta,
    acceptablePrice: acceptable ?? (sizeDelta > 0n ? ANY_PRICE : 0n),
    triggerPrice,
    deadline: (await chainTime((await session.network()).provider)) + wait,
    isReduceOnly: options.reduceOnly === true,
  };
}

function describe({ kind, sizeDelta, account, triggerPrice, isReduceOnly }: OrderRequest, symbol: string): string {
  const size = formatExact(sizeDelta < 0n ? -sizeDelta : sizeDelta);
  const when =
    kind === "market" ? "at the price that comes" : `${kind.replaceAll("-", " ")} ${formatExact(triggerPrice, 2)}`;
  return `${sizeDelta > 0n ? "buy" : "sell"} ${size} ${symbol} ${when}${isReduceOnly ? ", reduce-only," : ""} for ${formatAccount(account)}`;
}

async function wallet(session: Session): Promise<Fact[]> {
  const { token, scale } = await session.breakwater();
  return [fact("wallet", "wallet, USD", usd(fromNative(await token.balanceOf(await session.self()), scale)))];
}

const submit: CommandSpec = {
  verb: "submit",
  summary: "Places an order of any kind; the fee of who executes it is paid now.",
  args: REQUEST_ARGS,
  options: REQUEST_OPTIONS,
  example: "eth -2 --kind at-or-below --trigger 2800 --reduce-only",
  async run(session, args, options) {
    const request = await requestOf(session, args, options);
    const breakwater = await session.breakwater();
    return change(session, {
      what: `order to ${describe(request, formatMarket(breakwater.book, request.market))}`,
      act: (how) => submitOrder(breakwater, { ...how, request }),
      watch: () => wallet(session),
      found: ({ orderId }) => [fact("orderId", "order", maybe(orderId, figures.count))],
    });
  },
};

const sign: CommandSpec = {
  verb: "sign",
  summary: "Signs an order without sending it: whoever has the signature may submit it.",
  args: REQUEST_ARGS,
  options: [
    ...REQUEST_OPTIONS,
    ["--nonce <n>", "any number not used yet; random unless given"],
    ["--out <file>", "write it there, for `order submit-signed`"],
  ],
  example: "eth 2 --out order.json",
  async run(session, args, options) {
    const nonce = options.nonce === undefined ? undefined : parseId(String(options.nonce), "--nonce");
    const request = await requestOf(session, args, options);
    const breakwater = await session.breakwater();
    const order = await signOrder(breakwater, { signer: await session.signer(), request, nonce });
    const document = toJsonText(order);
    if (options.out !== undefined && !session.options.dryRun) {
      await writeFile(String(options.out), document).catch((error: Error) => {
        throw new InputError(systemErrorLine(error, `--out ${options.out}`) ?? error.message);
      });
    }
    return [
      {
        facts: [
          fact("what", "signed", figures.text(describe(request, formatMarket(breakwater.book, request.market)))),
          fact("signer", "signer", figures.text(order.signer)),
          fact("nonce", "nonce", figures.text(order.nonce.toString())),
          fact("signatureDeadline", "to be submitted until", figures.time(order.signatureDeadline)),
          fact("deadline", "may trade until", figures.time(request.deadline)),
          fact("signature", "signature", figures.text(order.signature)),
          fact("order", "file", { text: String(options.out ?? "none (--out writes one)"), json: JSON.parse(document) }),
        ],
      },
    ];
  },
};

const submitSigned: CommandSpec = {
  verb: "submit-signed",
  summary: "Places an order that somebody has signed: who signed pays its fee, who submits pays gas.",
  args: [["<file>", "of `order sign --out`"]],
  example: "order.json",
  async run(session, { file }) {
    const text = await readFile(file!, "utf8").catch((error: Error) => {
      throw new InputError(systemErrorLine(error, file) ?? error.message);
    });
    const order = fromJson(text, file!);
    const breakwater = await session.breakwater();
    return change(session, {
      what: `submit what ${order.signer} signed: ${describe(order.request, formatMarket(breakwater.book, order.request.market))}`,
      act: (how) => submitSignedOrder(breakwater, { ...how, order }),
      found: ({ orderId }) => [fact("orderId", "order", maybe(orderId, figures.count))],
    });
  },
};

const show: CommandSpec = {
  verb: "show",
  summary: "One order, and whether it can be executed now.",
  args: [["<id>", "number of the order"]],
  example: "1",
  async run(session, { id }) {
    const orderId = parseId(id!, "id");
    const breakwater = await session.breakwater();
    const order = await readOrder(breakwater, { orderId });
    const now = await chainTime((await session.network()).provider);
    return [
      {
        facts: [
          fact("orderId", "order", figures.count(orderId)),
          fact("state", "state", figures.text(stateOf(order, now))),
        ],
      },
      ...(order === undefined ? [] : [ordersTable(breakwater, [order])]),
    ];
  },
};

function stateOf(order: OrderState | undefined, now: bigint): string {
  if (order === undefined) return "gone: executed or cancelled";
  if (now > order.deadline) return "expired: anybody can cancel it";
  if (order.kind !== "market") return "waits for its trigger";
  return now < order.earliest ? "waits for a price published after it" : "can be executed";
}

const list: CommandSpec = {
  verb: "list",
  summary: "Orders that wait: of everybody, or of an account.",
  options: [
    ["--account <account>", "of this one only"],
    ["--limit <n>", "at most so many, newest first", "50"],
  ],
  example: "--account 0",
  async run(session, _args, options) {
    const limit = parseCount(String(options.limit), "--limit");
    const breakwater = await session.breakwater();
    const { account: text } = options as { account?: string };
    const account = text === undefined ? undefined : await session.account(text);
    return [ordersTable(breakwater, await readOrders(breakwater, { account, limit }))];
  },
};

const execute: CommandSpec = {
  verb: "execute",
  summary: "Takes an order's next step: meets its trigger, or trades. Anybody may, and earns its fee.",
  args: [["<id>", "number of the order"]],
  options: [["--update <hex>", "signed updates of a pull feed, commas between them"]],
  example: "1",
  async run(session, { id }, options) {
    const orderId = parseId(id!, "id");
    const pyth =
      options.update === undefined ? undefined : givenUpdates(parseHexList(String(options.update), "--update"));
    const breakwater = await session.breakwater();
    const keeper = await session.self();
    return change(session, {
      what: `execute order ${orderId}`,
      act: (how) => executeOrder(breakwater, { ...how, orderId, pyth }),
      watch: async () => [fact("keeperFees", "fees to claim, USD", usd(await breakwater.orders.feesOf(keeper)))],
      found: ({ outcome }) => outcomeFacts(outcome),
    });
  },
};

function outcomeFacts(outcome: OrderOutcome | undefined): Fact[] {
  if (outcome === undefined) return [];
  const kind = fact("outcome", "order was", figures.text(outcome.kind));
  if (outcome.kind === "executed") {
    return [
      kind,
      fact("sizeDelta", "traded", figures.size(outcome.sizeDelta)),
      fact("firstPrice", "first price, USD", figures.price(outcome.firstPrice)),
      fact("publishedAt", "published", figures.time(outcome.publishedAt)),
      fact("fee", "keeper earned, USD", usd(outcome.fee)),
    ];
  }
  if (outcome.kind === "triggered") {
    return [
      kind,
      fact("price", "price, USD", figures.price(outcome.price)),
      fact("fee", "keeper earned, USD", usd(outcome.fee)),
      fact("deadline", "trades until", figures.time(outcome.deadline)),
    ];
  }
  return [
    kind,
    fact("refund", "refunded, USD", usd(outcome.refund)),
    fact("reason", "because", {
      text: outcome.reason?.message ?? "of no known reason",
      json: outcome.reason?.error ?? null,
    }),
  ];
}

const cancel: CommandSpec = {
  verb: "cancel",
  summary: "Takes an order back. A market order binds once its first price could exist; an expired one anybody clears.",
  args: [["<id>", "number of the order"]],
  example: "1",
  async run(session, { id }) {
    const orderId = parseId(id!, "id");
    const breakwater = await session.breakwater();
    const order = await readOrder(breakwater, { orderId });
    if (order === undefined) throw new InputError(`order ${orderId} waits no more: it was executed or cancelled`);
    return change(session, {
      what: `cancel order ${orderId}`,
      act: (how) => cancelOrder(breakwater, { ...how, orderId }),
      watch: async () => [
        fact("refund", "payer's refunds to claim, USD", usd(await breakwater.orders.feesOf(order.payer))),
      ],
    });
  },
};

export default {
  noun: "order",
  summary: "Orders: first the order, then the price.",
  commands: [submit, sign, submitSigned, show, list, execute, cancel],
} satisfies NounSpec;
