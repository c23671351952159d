/** A run in one picture: the price with what was liquidated on the way, and below it who paid. */
import type { RunResult } from "../replay/result.ts";
import { pricePanel } from "./pricePanel.ts";
import { picture } from "./svg.ts";
import { waterfallPanel } from "./waterfallPanel.ts";

export function svgReport(result: RunResult): string {
  const price = pricePanel(result, 10);
  const waterfall = waterfallPanel(result, 10 + price.height);
  const title = `${result.series.name}: price, liquidations, and who carried the deficits`;
  return picture(title, 10 + price.height + waterfall.height, [...price.elements, ...waterfall.elements]);
}
