import type { RunResult, StepLiquidation } from "../replay/result.ts";
import { ticks, timeTicks } from "./axis.ts";
import { dollars } from "./money.ts";
import { COLOURS, circle, diamond, line, type Panel, polyline, text, WIDTH } from "./svg.ts";

const LEFT = 64;
const RIGHT = 24;
/** Title, note and legend. */
const HEAD = 78;
const HEIGHT = 220;
/** Below the path: a row of deleveraging, and the times. */
const ADL_ROW = 22;
const FOOT = 46;
/** Of the largest dot. */
const RADIUS = 24;

type Kind = StepLiquidation["kind"];
/** Told apart by fill as well as by colour. */
const DOTS: Record<Kind, { label: string; fill: string; more: Record<string, string | number> }> = {
  partial: { label: "closed in part", fill: "none", more: { stroke: COLOURS.blue, "stroke-width": 2 } },
  whole: { label: "closed, could pay", fill: COLOURS.teal, more: { "fill-opacity": 0.55 } },
  bankrupt: {
    label: "bankrupt",
    fill: COLOURS.orange,
    more: { "fill-opacity": 0.85, stroke: "#7a3413", "stroke-width": 1.5 },
  },
};
const KINDS = Object.keys(DOTS) as Kind[];

/** The price path. A dot is what was closed at one step, its area the USD; all of a kind in one dot. */
export function pricePanel(result: RunResult, top: number): Panel {
  const { bars } = result.series;
  const prices = bars.map((bar) => Number(bar.price));
  const [low, high] = [Math.min(...prices), Math.max(...prices)];
  const [from, to] = [bars[0]!.time, bars.at(-1)!.time];
  const bottom = top + HEAD + HEIGHT;
  const x = (time: number) => LEFT + ((time - from) / (to - from || 1)) * (WIDTH - LEFT - RIGHT);
  // Room for half a dot at the lowest and the highest price.
  const y = (price: number) => bottom - RADIUS - ((price - low) / (high - low || 1)) * (HEIGHT - 2 * RADIUS);

  const elements = [
    text(10, top + 16, heading(result), { class: "title" }),
    text(10, top + 34, "A dot: what was liquidated at that price, all of a kind together; its area is the USD closed"),
    ...legend(result, top + 56),
  ];
  for (const price of ticks(low, high, 5)) {
    elements.push(line(LEFT, y(price), WIDTH - RIGHT, y(price), { "stroke-opacity": 0.25 }));
    elements.push(text(LEFT - 8, y(price) + 4, price.toLocaleString("en-US"), { "text-anchor": "end" }));
  }
  for (const { time, label } of timeTicks(from, to, 8)) {
    elements.push(text(x(time), bottom + ADL_ROW + 14, label, { "text-anchor": "middle" }));
  }
  const path = bars.map((bar, i): [number, number] => [x(bar.time), y(prices[i]!)]);
  elements.push(polyline(path, { stroke: COLOURS.grey, "stroke-width": 2, "stroke-linejoin": "round" }));
  for (const { step, kind, radius } of dots(result.liquidated)) {
    elements.push(circle(x(bars[step]!.time), y(prices[step]!), radius, DOTS[kind].fill, DOTS[kind].more));
  }
  const charged = [...new Set(result.waves.map((wave) => wave.step))];
  if (charged.length > 0) {
    elements.push(text(LEFT - 8, bottom + 14, "charged", { "text-anchor": "end" }));
    for (const step of charged) elements.push(diamond(x(bars[step]!.time), bottom + 10, 5, COLOURS.purple));
  }
  return { elements, height: HEAD + HEIGHT + FOOT };
}

function heading({ series, liquidations, closedNotional, options }: RunResult): string {
  const what =
    liquidations === 0 ? "no liquidation" : `${liquidations} liquidations, ${dollars(closedNotional)} USD closed`;
  return `${series.name}: ${options.traders} traders, ${what}`;
}

function legend({ liquidated, waves }: RunResult, y: number): string[] {
  const elements: string[] = [];
  let x = LEFT + 6;
  const put = (shape: string, label: string) => {
    elements.push(shape, text(x + 12, y + 4, label));
    x += 34 + label.length * 6;
  };
  for (const kind of KINDS) {
    const count = liquidated.filter((one) => one.kind === kind).length;
    put(circle(x, y, 6, DOTS[kind].fill, DOTS[kind].more), `${count} ${DOTS[kind].label}`);
  }
  const events = waves.reduce((total, wave) => total + wave.events, 0);
  put(diamond(x, y, 5, COLOURS.purple), events === 0 ? "no deleveraging" : `deleveraging: ${events} events`);
  return elements;
}

/** Largest first, so that none hides another. */
function dots(liquidated: StepLiquidation[]): { step: number; kind: Kind; radius: number }[] {
  const sums = new Map<string, { step: number; kind: Kind; usd: number }>();
  for (const { step, kind, notional } of liquidated) {
    const dot = sums.get(`${step} ${kind}`) ?? { step, kind, usd: 0 };
    dot.usd += Number(notional) / 1e18;
    sums.set(`${step} ${kind}`, dot);
  }
  const all = [...sums.values()].sort((a, b) => b.usd - a.usd || a.step - b.step);
  const most = all[0]?.usd || 1;
  return all.map(({ step, kind, usd }) => ({ step, kind, radius: Math.max(2, RADIUS * Math.sqrt(usd / most)) }));
}
