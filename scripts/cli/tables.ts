import type { PositionState } from "../sdk/actions/readAccount.ts";
import type { OrderState } from "../sdk/actions/readOrder.ts";
import type { Breakwater } from "../sdk/contracts.ts";
import { formatMarket } from "../sdk/markets.ts";
import * as figures from "./report.ts";
import { maybe, none, type TableSection } from "./report.ts";

/** Positions of one account. */
export function positionsTable({ book }: Breakwater, positions: PositionState[]): TableSection {
  return {
    key: "positions",
    columns: [
      { key: "marketId" },
      { key: "market", head: "market" },
      { key: "side", head: "side" },
      { key: "size", head: "size" },
      { key: "entryPrice", head: "entry, USD" },
      { key: "price", head: "price, USD" },
      { key: "notional", head: "notional, USD" },
      { key: "unrealised", head: "unrealised, USD" },
      { key: "fundingOwed", head: "funding owed, USD" },
      { key: "maintenance", head: "maintenance, USD" },
      { key: "liquidationPrice", head: "liquidation at about, USD" },
      { key: "credit" },
      { key: "cut" },
    ],
    rows: positions.map((position) => ({
      marketId: figures.count(position.market),
      market: figures.text(formatMarket(book, position.market)),
      side: figures.text(position.size === 0n ? "closed" : position.size > 0n ? "long" : "short"),
      size: figures.size(position.size),
      entryPrice: figures.price(position.entryPrice),
      price: maybe(position.price, figures.price),
      notional: figures.usd(position.notional),
      unrealised: figures.usd(position.unrealised),
      fundingOwed: figures.usd(position.fundingOwed),
      maintenance: figures.usd(position.maintenance),
      liquidationPrice: maybe(position.liquidationPrice, figures.price),
      credit: figures.usd(position.credit),
      cut: figures.usd(position.cut),
    })),
    foot: {
      market: figures.text("sum"),
      notional: figures.usd(positions.reduce((sum, { notional }) => sum + notional, 0n)),
      unrealised: figures.usd(positions.reduce((sum, { unrealised }) => sum + unrealised, 0n)),
      fundingOwed: figures.usd(positions.reduce((sum, { fundingOwed }) => sum + fundingOwed, 0n)),
      maintenance: figures.usd(positions.reduce((sum, { maintenance }) => sum + maintenance, 0n)),
    },
    empty: "no position",
  };
}

/** Orders that wait. */
export function ordersTable({ book }: Breakwater, orders: OrderState[]): TableSection {
  return {
    key: "orders",
    columns: [
      { key: "orderId", head: "order" },
      { key: "account", head: "account" },
      { key: "marketId" },
      { key: "market", head: "market" },
      { key: "kind", head: "kind" },
      { key: "size", head: "size" },
      { key: "trigger", head: "trigger, USD" },
      { key: "limit", head: "limit, USD" },
      { key: "isReduceOnly", head: "reduce only" },
      { key: "fee", head: "fee, USD" },
      { key: "executableFrom", head: "price from" },
      { key: "deadline", head: "deadline" },
    ],
    rows: orders.map((order) => ({
      orderId: figures.count(order.orderId),
      account: figures.account(order.account),
      marketId: figures.count(order.market),
      market: figures.text(formatMarket(book, order.market)),
      kind: figures.text(order.kind),
      size: figures.size(order.sizeDelta),
      trigger: order.triggerPrice === 0n ? none : figures.price(order.triggerPrice),
      limit: limitOf(order),
      isReduceOnly: figures.yesNo(order.isReduceOnly),
      fee: figures.usd(order.fee),
      executableFrom: order.kind === "market" ? figures.time(order.earliest) : none,
      deadline: figures.time(order.deadline),
    })),
    empty: "no order waits",
  };
}

/** Stored limits that bind nobody: the largest number for a buy, nothing for a sell. */
function limitOf({ acceptablePrice, sizeDelta }: OrderState): figures.Figure {
  const isAny = acceptablePrice >= 2n ** 128n - 1n || (sizeDelta < 0n && acceptablePrice === 0n);
  return isAny ? { text: "any", json: null, isRight: true } : figures.price(acceptablePrice);
}
