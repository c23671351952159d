/** The comparison as one picture: bars on a linear scale from zero, so that a length is an amount. */
import { dollars } from "../report/money.ts";
import type { Comparison } from "./compareAdl.ts";
import { NEEDS, POLICY_NAMES, type PolicyComparison, PRICES } from "./policies.ts";
import type { DayResult } from "./replayDay.ts";

type Kind = "needed" | "ours" | "production" | "queue" | "per-unit index";
type Group = { label: string; bars: { kind: Kind; amount: bigint }[] };
type Panel = { title: string; note: string; groups: Group[] };

const WIDTH = 900;
const LEFT = 90;
/** What is left of the longest bar for its figure. */
const RIGHT = 150;
const BAR = 10;
const GAP = 10;
const HEAD = 52;
const LEGEND = 26;

/** Middle tones, told apart on white and on black, and by those who do not see red and green. */
const COLOURS: Record<Kind, string> = {
  needed: "#8c959f",
  ours: "#2a9d8f",
  production: "#e07a3f",
  queue: "#e07a3f",
  "per-unit index": "#8e6bbf",
};

export function svgReport({ policies, day }: Comparison): string {
  const panels = [...(day === null ? [] : [dayPanel(day)]), policyPanel(policies)];
  let y = 10;
  const drawn = panels.map((panel) => {
    const { text, height } = draw(panel, y);
    y += height;
    return text;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" role="img">`,
    "<title>Auto-deleveraging: what was needed and what each rule takes, USD</title>",
    "<style>",
    "text { font: 11px system-ui, sans-serif; fill: #6e7781 }",
    ".title { font-size: 14px; font-weight: 600 }",
    "@media (prefers-color-scheme: dark) { text { fill: #adbac7 } }",
    "</style>",
    ...drawn,
    "</svg>",
    "",
  ].join("\n");
}

function dayPanel(day: DayResult): Panel {
  const group = (label: string, one: Pick<DayResult, "needed" | "ours" | "production">): Group => ({
    label,
    bars: [bar("needed", one.needed), bar("ours", one.ours), bar("production", one.production)],
  });
  return {
    title: "10 October 2025: what one venue took, and what our contracts take for the same need",
    note: "USD, linear scale; one group a wave",
    groups: [group("all waves", day), ...day.waves.map((wave) => group(`wave ${wave.wave}`, wave))],
  };
}

/** One price is enough to see it: the second, the crash. */
function policyPanel({ rows, positions, seed }: PolicyComparison): Panel {
  const price = PRICES[1]!;
  const shown = rows.filter((row) => row.price === price);
  const groups = NEEDS.map((percent) => {
    const group = shown.filter((row) => row.needPercent === percent);
    const of = (policy: string) => group.find((row) => row.policy === policy)!;
    const taken = [...POLICY_NAMES].reverse().map((policy) => bar(policy, of(policy).taken));
    return { label: `need ${percent}%`, bars: [bar("needed", group[0]!.needed), ...taken] };
  });
  const title = `One book, ${positions} positions, after a fall from about 100 to ${dollars(price)}: what each policy takes`;
  return { title, note: `USD, linear scale; needs are parts of the winners' profit; seed ${seed}`, groups };
}

const bar = (kind: Kind, amount: bigint) => ({ kind, amount });

function draw({ title, note, groups }: Panel, top: number): { text: string; height: number } {
  const most = groups.flatMap(({ bars }) => bars.map(({ amount }) => amount)).reduce((a, b) => (a > b ? a : b));
  const room = WIDTH - LEFT - RIGHT;
  const lines = [
    `<text class="title" x="10" y="${top + 16}">${title}</text>`,
    `<text x="10" y="${top + 34}">${note}</text>`,
    ...legend(groups[0]!, top + HEAD - 6),
  ];
  let y = top + HEAD + LEGEND;
  for (const { label, bars } of groups) {
    const middle = y + (bars.length * (BAR + 2)) / 2;
    lines.push(`<text x="${LEFT - 8}" y="${middle + 3}" text-anchor="end">${label}</text>`);
    for (const { kind, amount } of bars) {
      const length = (Number((amount * 1_000_000n) / most) / 1_000_000) * room;
      // At least a hair: an amount too small for the scale is still there, and its figure beside it.
      const shown = Math.max(length, 1).toFixed(1);
      lines.push(`<rect x="${LEFT}" y="${y}" width="${shown}" height="${BAR}" fill="${COLOURS[kind]}"/>`);
      lines.push(`<text x="${(LEFT + length + 6).toFixed(1)}" y="${y + BAR - 1}">${dollars(amount)}</text>`);
      y += BAR + 2;
    }
    y += GAP;
  }
  return { text: lines.join("\n"), height: y - top + 16 };
}

function legend({ bars }: Group, y: number): string[] {
  return bars.flatMap(({ kind }, i) => {
    const x = LEFT + i * 120;
    return [
      `<rect x="${x}" y="${y}" width="${BAR}" height="${BAR}" fill="${COLOURS[kind]}"/>`,
      `<text x="${x + BAR + 5}" y="${y + BAR - 1}">${kind}</text>`,
    ];
  });
}
