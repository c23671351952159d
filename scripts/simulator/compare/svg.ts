/** The comparison as one picture: bars on a linear scale from zero, so that a length is an amount. */
import { dollars } from "../report/money.ts";
import { type Panel, picture, rect, COLOURS as TONES, text, WIDTH } from "../report/svg.ts";
import type { Comparison } from "./compareAdl.ts";
import { NEEDS, POLICY_NAMES, type PolicyComparison, PRICES } from "./policies.ts";
import type { DayResult } from "./replayDay.ts";

type Kind = "needed" | "ours" | "production" | "queue" | "per-unit index";
type Group = { label: string; bars: { kind: Kind; amount: bigint }[] };
type Content = { title: string; note: string; groups: Group[] };

const LEFT = 90;
/** What is left of the longest bar for its figure. */
const RIGHT = 150;
const BAR = 10;
const GAP = 10;
const HEAD = 52;
const LEGEND = 26;

const COLOURS: Record<Kind, string> = {
  needed: TONES.grey,
  ours: TONES.teal,
  production: TONES.orange,
  queue: TONES.orange,
  "per-unit index": TONES.purple,
};

export function svgReport({ policies, day }: Comparison): string {
  const panels = [...(day === null ? [] : [dayPanel(day)]), policyPanel(policies)];
  let y = 10;
  const drawn = panels.map((panel) => {
    const { elements, height } = draw(panel, y);
    y += height;
    return elements;
  });
  return picture("Auto-deleveraging: what was needed and what each rule takes, USD", y, drawn.flat());
}

function dayPanel(day: DayResult): Content {
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
function policyPanel({ rows, positions, seed }: PolicyComparison): Content {
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

function draw({ title, note, groups }: Content, top: number): Panel {
  const most = groups.flatMap(({ bars }) => bars.map(({ amount }) => amount)).reduce((a, b) => (a > b ? a : b));
  const room = WIDTH - LEFT - RIGHT;
  const lines = [
    text(10, top + 16, title, { class: "title" }),
    text(10, top + 34, note),
    ...legend(groups[0]!, top + HEAD - 6),
  ];
  let y = top + HEAD + LEGEND;
  for (const { label, bars } of groups) {
    const middle = y + (bars.length * (BAR + 2)) / 2;
    lines.push(text(LEFT - 8, middle + 3, label, { "text-anchor": "end" }));
    for (const { kind, amount } of bars) {
      const length = (Number((amount * 1_000_000n) / most) / 1_000_000) * room;
      // At least a hair: an amount too small for the scale is still there, and its figure beside it.
      lines.push(rect(LEFT, y, Math.max(length, 1), BAR, COLOURS[kind]));
      lines.push(text(LEFT + length + 6, y + BAR - 1, dollars(amount)));
      y += BAR + 2;
    }
    y += GAP;
  }
  return { elements: lines, height: y - top + 16 };
}

function legend({ bars }: Group, y: number): string[] {
  return bars.flatMap(({ kind }, i) => {
    const x = LEFT + i * 120;
    return [rect(x, y, BAR, BAR, COLOURS[kind]), text(x + BAR + 5, y + BAR - 1, kind)];
  });
}
