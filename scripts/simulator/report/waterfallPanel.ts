import { LAYERS, type Layer, type RunResult } from "../replay/result.ts";
import { carriedBy, LAYER_COLOURS } from "./layers.ts";
import { percent } from "./money.ts";
import { COLOURS, line, type Panel, rect, text, WIDTH } from "./svg.ts";

const LEFT = 20;
const COLUMN = (WIDTH - 2 * LEFT) / (LAYERS.length + 1);
const BAR = 76;
const HEAD = 84;
const HEIGHT = 190;
const FOOT = 58;
const WAD = 10n ** 18n;

const LABELS: Record<Layer, string> = {
  forgone: "profit forgone",
  insurance: "insurance fund",
  junior: "junior tranche",
  senior: "senior tranche",
  adl: "traders in profit",
  residual: "residual (nobody)",
};

/** All deficits at the left; every layer takes its part off, down to nothing. */
export function waterfallPanel(result: RunResult, top: number): Panel {
  const carried = carriedBy(result);
  const elements = [text(10, top + 20, "Who paid", { class: "title" })];
  if (carried.deficit === 0n) {
    elements.push(text(10, top + 40, "No deficits: every liquidation left the account at zero or better."));
    return { elements, height: 60 };
  }
  elements.push(text(10, top + 38, note(result)));
  const zero = top + HEAD + HEIGHT;
  const y = (amount: bigint) => zero - (Number((amount * 1_000_000n) / carried.deficit) / 1_000_000) * HEIGHT;
  const middle = (i: number) => LEFT + COLUMN * (i + 0.5);
  const put = (i: number, from: bigint, to: bigint, fill: string, [usd, share]: [string, string]) => {
    const high = Math.min(y(from), zero - 1);
    // At least a hair: an amount too small for the scale is still there, and its figure above it.
    elements.push(rect(middle(i) - BAR / 2, high, BAR, Math.max(y(to) - high, 1), fill));
    elements.push(text(middle(i), high - 20, usd, { "text-anchor": "middle", class: "figure" }));
    elements.push(text(middle(i), high - 6, share, { "text-anchor": "middle" }));
  };

  elements.push(line(LEFT, zero, WIDTH - LEFT, zero));
  put(0, carried.deficit, 0n, COLOURS.grey, [`${shown(carried.deficit)} USD`, "100%"]);
  elements.push(text(middle(0), zero + 18, "all deficits", { "text-anchor": "middle", class: "figure" }));
  let left = carried.deficit;
  for (const [i, layer] of LAYERS.entries()) {
    const rest = left - carried[layer];
    elements.push(line(middle(i) + BAR / 2, y(left), middle(i + 1) - BAR / 2, y(left), { "stroke-dasharray": "3 3" }));
    put(i + 1, left, rest, LAYER_COLOURS[layer], figures(left, rest, carried.deficit));
    elements.push(text(middle(i + 1), zero + 18, LABELS[layer], { "text-anchor": "middle", class: "figure" }));
    elements.push(text(middle(i + 1), zero + 34, ofCapital(result, layer), { "text-anchor": "middle" }));
    left = rest;
  }
  elements.push(text(WIDTH - LEFT, zero - 6, `= ${shown(left)}`, { "text-anchor": "end", class: "figure" }));
  return { elements, height: HEAD + HEIGHT + FOOT };
}

function note({ incidents }: RunResult): string {
  const accounts = incidents.length === 1 ? "1 bankrupt account" : `${incidents.length} bankrupt accounts`;
  return `What ${accounts} could not pay, USD, and which layer carried it, in the order in which they are asked`;
}

/**
 * A layer as the difference of what was left before and after it, rounded: so the figures add up as printed, each at most
 * one off from being rounded by itself.
 */
function figures(before: bigint, after: bigint, all: bigint): [usd: string, share: string] {
  const usd = whole(before, WAD) - whole(after, WAD);
  const tenths = whole(before * 1_000n, all) - whole(after * 1_000n, all);
  const minus = usd > 0n ? "\u2212" : "";
  return [`${minus}${usd.toLocaleString("en-US")}`, `${minus}${(Number(tenths) / 10).toFixed(1)}%`];
}

/** Of what the layer had when trading began. */
function ofCapital(result: RunResult, layer: Layer): string {
  if (layer !== "insurance" && layer !== "junior" && layer !== "senior") return "";
  const capital = BigInt(Math.round(result.plan.capital[layer])) * WAD;
  return capital === 0n ? "had nothing" : `${percent(result.totals[layer], capital)} of what it had`;
}

const shown = (amount: bigint): string => whole(amount, WAD).toLocaleString("en-US");

/** `amount / unit`, to the nearest; not negative. */
const whole = (amount: bigint, unit: bigint): bigint => (2n * amount + unit) / (2n * unit);
