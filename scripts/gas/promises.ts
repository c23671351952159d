/** Gas by operation; by what it grows with, where it grows. */
export type GasReport = Record<string, number | Record<string, number>>;

/** Most gas an operation may use, as promised; the others are only watched. */
export const PROMISED: Record<string, number> = {
  depositExisting: 70_000,
  depositNew: 90_000,
  executeOpen: 180_000,
  executeClose: 170_000,
  liquidate: 180_000,
  liquidateBadDebt: 240_000,
  "adlByBuckets.96": 4_500_000,
  "adlWorstCase.deleverage": 9_000_000,
  "adlWorstCase.liquidate": 9_000_000,
};

/** Most gas any call may use, with as much to do as it can be given: half of what one transaction may have. */
const WORST = 8_000_000;

/** Most gas a page of the lens may use: what every node allows a call. */
const PAGE = 15_000_000;

/** What is promised of a figure, if anything. */
export function promised(name: string): number | undefined {
  if (name.startsWith("worst.")) return WORST;
  return name.startsWith("lens.") ? PAGE : PROMISED[name];
}

/** Of the cost of deleveraging: how much positions may matter, a bucket may cost, and a straight line may bend. */
const FLAT = 0.02;
const A_BUCKET = 45_000;
const BEND = 0.05;

/** One figure a line: `adlByBuckets.96`. */
export function flattened(report: GasReport): Record<string, number> {
  const lines: Record<string, number> = {};
  for (const [name, gas] of Object.entries(report)) {
    if (typeof gas === "number") lines[name] = gas;
    else for (const [key, part] of Object.entries(gas)) lines[`${name}.${key}`] = part;
  }
  return lines;
}

/** What is promised and not kept: P3, deleveraging costs by buckets alone; and everything is bounded. */
export function brokenPromises(report: GasReport): string[] {
  const broken: string[] = [];
  const lines = flattened(report);
  for (const [name, most] of Object.entries(PROMISED)) {
    if (name.startsWith("adl") && !(lines[name]! <= most)) broken.push(`${name}: ${lines[name]} gas, promised ${most}`);
  }
  for (const group of ["worst", "lens"]) {
    if (typeof report[group] !== "object") broken.push(`${group}: no figures`);
  }
  for (const [name, gas] of Object.entries(lines)) {
    if (!/^(worst|lens)\./.test(name) || (gas > 0 && gas < promised(name)!)) continue;
    broken.push(`${name}: ${gas} gas, promised ${promised(name)}`);
  }
  const positions = points(report.adlByPositions);
  for (const [count, gas] of positions) {
    const first = positions[0]![1];
    if (Math.abs(gas - first) <= first * FLAT) continue;
    broken.push(`adlByPositions.${count}: ${gas} gas, more than 2% from the ${first} of ${positions[0]![0]}`);
  }
  const buckets = points(report.adlByBuckets);
  const slopes = buckets.slice(1).map(([count, gas], i) => (gas - buckets[i]![1]) / (count - buckets[i]![0]));
  for (const [i, slope] of slopes.entries()) {
    const name = `adlByBuckets.${buckets[i + 1]![0]}`;
    if (slope > A_BUCKET) broken.push(`${name}: ${Math.round(slope)} gas a bucket, promised ${A_BUCKET}`);
    if (Math.abs(slope - slopes[0]!) <= slopes[0]! * BEND) continue;
    broken.push(`${name}: ${Math.round(slope)} gas a bucket, not the ${Math.round(slopes[0]!)} of the first: no line`);
  }
  if (positions.length < 2 || buckets.length < 3) broken.push("adlByPositions, adlByBuckets: too few figures to tell");
  return broken;
}

function points(figures: GasReport[string] | undefined): [count: number, gas: number][] {
  if (typeof figures !== "object") return [];
  return Object.entries(figures)
    .map(([count, gas]): [number, number] => [Number(count), gas])
    .sort(([a], [b]) => a - b);
}
