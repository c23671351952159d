import type { PreviewLiquidationReturnType } from "../sdk/actions/previewLiquidation.ts";
import type { Breakwater } from "../sdk/contracts.ts";
import { formatMarket } from "../sdk/markets.ts";
import { LAYERS } from "./layers.ts";
import * as figures from "./report.ts";
import { fact, maybe, type Report, usd } from "./report.ts";

/** What a liquidation would close, take and leave to others. */
export function liquidationPreview({ book }: Breakwater, preview: PreviewLiquidationReturnType): Report {
  const { isExact, layers, closed, deficit } = preview;
  return [
    {
      key: "preview",
      title: isExact ? "What it would do now" : "Estimate, without price impact: this node does not simulate calls",
      facts: [
        fact("isExact", "simulated on the chain", figures.yesNo(isExact)),
        fact("equity", "equity, USD", usd(preview.equity)),
        fact("maintenance", "maintenance, USD", usd(preview.maintenance)),
        fact("closeFraction", "closed of the notional", figures.percent(preview.closeFraction)),
        fact("closedNotional", "closed notional, USD", usd(preview.closedNotional)),
        fact("penalty", "penalty, USD", usd(preview.penalty)),
        fact("keeperEarns", "of it and of bonds to the keeper, USD", usd(preview.keeperEarns)),
        fact("toInsurance", "to insurance, USD", usd(preview.toInsurance)),
        fact("toPool", "to the pool, USD", usd(preview.toPool)),
        fact("deficit", "deficit, USD", usd(deficit)),
      ],
    },
    ...(closed.length === 0
      ? []
      : [
          {
            key: "closed",
            title: "Would be closed",
            columns: [
              { key: "market", head: "market" },
              { key: "sizeDelta", head: "trade" },
              { key: "sizeAfter", head: "left" },
              { key: "price", head: "price without impact, USD" },
            ],
            rows: closed.map(({ market, sizeDelta, sizeAfter, price }) => ({
              market: figures.text(formatMarket(book, market)),
              sizeDelta: figures.size(sizeDelta),
              sizeAfter: figures.size(sizeAfter),
              price: figures.price(price),
            })),
          },
        ]),
    ...(deficit === 0n || layers === undefined
      ? []
      : [
          {
            key: "layers",
            title: "Who would pay the deficit",
            columns: [
              { key: "layer" },
              { key: "who", head: "who" },
              { key: "amount", head: "amount, USD" },
              { key: "share", head: "share" },
            ],
            rows: LAYERS.map(([layer, who]) => ({
              layer: figures.text(layer),
              who: figures.text(who),
              amount: usd(layers[layer]),
              share: maybe(layers[layer], (part) => figures.ratio(part, deficit)),
            })),
            foot: { who: figures.text("deficit"), amount: usd(deficit) },
          },
        ]),
  ];
}
