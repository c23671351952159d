/** The grid as a heat map: a panel a size of insurance, a row a leverage, a column an interest. */
import type { Layer } from "../replay/result.ts";
import { LAYER_COLOURS } from "../report/layers.ts";
import { percent } from "../report/money.ts";
import { COLOURS, type Panel, picture, rect, text, WIDTH } from "../report/svg.ts";
import { type Cell, pastInsurance } from "./cell.ts";
import type { Grid } from "./runGrid.ts";
import { shortPercent } from "./text.ts";

const LEFT = 120;
const RIGHT = 20;
const ROW = 46;
const GAP = 3;
const HEAD = 96;
const PANEL_HEAD = 44;

/** What a cell is named after: the deepest layer that paid. */
const DEPTHS: [layer: Layer | null, label: string][] = [
  [null, "no deficit"],
  ["forgone", "forgone only"],
  ["insurance", "insurance"],
  ["junior", "junior"],
  ["senior", "senior"],
  ["adl", "traders in profit"],
  ["residual", "nobody (residual)"],
];

export function svgReport(grid: Grid): string {
  const { options, axes } = grid;
  const title = `${options.series.name}: who pays, by leverage, open interest and insurance`;
  const elements = [
    text(10, 26, title, { class: "title" }),
    text(
      10,
      44,
      "Colour and name: the deepest layer that paid. Figure: part of the deficits (USD below) that went past insurance",
    ),
    ...legend(68),
  ];
  let y = HEAD;
  for (const insurance of axes.insurance) {
    const panel = drawPanel(grid, insurance, y);
    elements.push(...panel.elements);
    y += panel.height;
  }
  return picture(title, y, elements);
}

function legend(y: number): string[] {
  let x = 10;
  return DEPTHS.flatMap(([layer, label]) => {
    const shapes = [rect(x, y - 9, 11, 11, colourOf(layer), { rx: 2 }), text(x + 16, y, label)];
    x += 36 + label.length * 6.2;
    return shapes;
  });
}

function drawPanel({ axes, cells }: Grid, insurance: number, top: number): Panel {
  const width = (WIDTH - LEFT - RIGHT) / axes.oiToCapital.length;
  const elements = [text(10, top + 14, `Insurance fund ${shortPercent(insurance)} of LP capital`, { class: "figure" })];
  for (const [column, oiToCapital] of axes.oiToCapital.entries()) {
    const label = `interest ${oiToCapital}x capital`;
    elements.push(text(LEFT + width * (column + 0.5), top + 34, label, { "text-anchor": "middle" }));
  }
  for (const [row, maxLeverage] of axes.maxLeverage.entries()) {
    const y = top + PANEL_HEAD + row * ROW;
    elements.push(text(LEFT - 10, y + ROW / 2 + 3, `leverage to ${maxLeverage}x`, { "text-anchor": "end" }));
    for (const [column, oiToCapital] of axes.oiToCapital.entries()) {
      const cell = cells.find(
        (one) => one.insurance === insurance && one.maxLeverage === maxLeverage && one.oiToCapital === oiToCapital,
      )!;
      elements.push(...drawCell(cell, LEFT + column * width, y, width - GAP));
    }
  }
  return { elements, height: PANEL_HEAD + axes.maxLeverage.length * ROW + 18 };
}

function drawCell(cell: Cell, x: number, y: number, width: number): string[] {
  const { deficit } = cell.carried;
  const middle = x + width / 2;
  const shape = rect(x, y, width, ROW - GAP, colourOf(cell.deepest), { rx: 3 });
  if (deficit === 0n) {
    return [shape, text(middle, y + ROW / 2 + 3, "no deficit", { "text-anchor": "middle", class: "on" })];
  }
  const name = DEPTHS.find(([layer]) => layer === cell.deepest)![1];
  const figure = `${percent(pastInsurance(cell), deficit)} \u00b7 ${name}`;
  return [
    shape,
    text(middle, y + 19, figure, { "text-anchor": "middle", class: "figure on" }),
    text(middle, y + 34, `of ${short(deficit)}`, { "text-anchor": "middle", class: "on" }),
  ];
}

const colourOf = (layer: Layer | null): string => (layer === null ? COLOURS.pale : LAYER_COLOURS[layer]);

/** USD WAD in thousands or millions. */
function short(amount: bigint): string {
  const usd = Number(amount / 10n ** 16n) / 100;
  if (usd >= 1e6) return `${(usd / 1e6).toFixed(2)}m USD`;
  return usd >= 1e3 ? `${(usd / 1e3).toFixed(1)}k USD` : `${usd.toFixed(0)} USD`;
}
