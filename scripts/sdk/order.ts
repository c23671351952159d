/** `OrderKind` of contracts/types/Order.sol. */
export const ORDER_KINDS = ["market", "at-or-above", "at-or-below"] as const;
export type OrderKind = (typeof ORDER_KINDS)[number];

/** An order as asked for; prices and sizes WAD. */
export type OrderRequest = {
  account: bigint;
  market: number;
  kind: OrderKind;
  /** Base units, signed: buying is positive. */
  sizeDelta: bigint;
  /** Worst fill with impact, USD per base unit. */
  acceptablePrice: bigint;
  /** 0 for a market order. */
  triggerPrice: bigint;
  /** Unix seconds; the last second it can trade in. */
  deadline: bigint;
  /** Clipped to the position when it trades, void after a liquidation. */
  isReduceOnly: boolean;
};

/** As the contract takes it. */
export function toOrderRequest({ kind, ...request }: OrderRequest) {
  return { ...request, kind: ORDER_KINDS.indexOf(kind) };
}

/** Steps a keeper has to be paid for: a trade, and a trigger before it. */
export function stepsOf(kind: OrderKind): bigint {
  return kind === "market" ? 1n : 2n;
}
