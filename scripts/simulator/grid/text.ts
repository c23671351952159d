import Table from "cli-table3";
import { LAYERS } from "../replay/result.ts";
import { stepName } from "../report/layers.ts";
import { dollars, percent } from "../report/money.ts";
import { type Cell, pastInsurance } from "./cell.ts";
import type { Grid } from "./runGrid.ts";

const WAD = 10n ** 18n;
const LAYER_HEADS = ["forgone", "insur.", "junior", "senior", "traders", "nobody"];

/** What a person reads: a row a cell. */
export function textReport({ options, cells, seconds }: Grid): string {
  const { series, traders, seed, speed } = options;
  const head = ["insurance", "leverage", "interest", "liquid.", "bankrupt", "deficits", ...LAYER_HEADS, "past it"];
  const table = new Table({
    head: [...head, "haircut", "LPs"],
    colAligns: Array(head.length + 2).fill("right"),
    style: { head: [], border: [], compact: true },
  });
  for (const [i, cell] of cells.entries()) {
    const above = cells[i - 1];
    table.push([
      cell.insurance === above?.insurance ? "" : `${shortPercent(cell.insurance)}`,
      cell.insurance === above?.insurance && cell.maxLeverage === above.maxLeverage ? "" : `${cell.maxLeverage}x`,
      `${cell.oiToCapital}x`,
      String(cell.liquidations),
      String(cell.bankrupt),
      dollars(cell.carried.deficit),
      ...LAYERS.map((layer) => share(cell.carried[layer], cell)),
      share(pastInsurance(cell), cell),
      cell.worstHaircut === 0n ? "-" : percent(cell.worstHaircut, WAD),
      lpChange(cell),
    ]);
  }
  return [
    `${series.name}: ${cells.length} cells in the model, ${traders} traders, seed ${seed}, a keeper pass every ${speed === 1 ? "" : `${speed} `}${stepName(series)}${speed === 1 ? "" : "s"}`,
    ...series.sources.map((source) => `  ${source}`),
    "",
    "insurance: fund over LP capital. leverage: highest of a long (shorts half of it; imr 0.8 over it). interest: of the",
    "longs, over LP capital. deficits: USD that bankrupt accounts could not pay; then who carried them, in percent; past it:",
    "what neither forgone profit nor the insurance fund carried. haircut: most that deleveraging took of a profit in one",
    "pass. LPs: change of both tranches from the first price to the last, their trading result included.",
    String(table),
    `${seconds.toFixed(1)} s. A cell on a chain: npm run demo -- with the same --max-leverage, --oi-to-capital, --insurance.`,
  ].join("\n");
}

/** "-" where there was nothing to carry. */
function share(part: bigint, { carried }: Cell): string {
  return carried.deficit === 0n ? "-" : percent(part, carried.deficit);
}

function lpChange({ lpBefore, lpAfter }: Cell): string {
  const moved = lpAfter - lpBefore;
  return moved > 0n ? `+${percent(moved, lpBefore)}` : percent(moved, lpBefore);
}

/** A fraction in percent, as short as it is. */
export const shortPercent = (value: number): string => `${Number((value * 100).toPrecision(6))}%`;
