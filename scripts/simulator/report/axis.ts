/** Round values for an axis, about `count` of them within [low, high]. */
export function ticks(low: number, high: number, count: number): number[] {
  const rough = (high - low) / count || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((one) => one >= rough)!;
  const first = Math.ceil(low / step);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 4, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 7, 14, 30, 90, 365].map((days) => days * DAY),
];

/** Round times, at most `count` or so, as they are written on an axis; UTC. */
export function timeTicks(from: number, to: number, count: number): { time: number; label: string }[] {
  const step = STEPS.find((one) => (to - from) / one <= count) ?? STEPS.at(-1)!;
  const first = Math.ceil(from / step) * step;
  const found: { time: number; label: string }[] = [];
  for (let time = first; time <= to; time += step) {
    const text = new Date(time * 1_000).toISOString();
    found.push({ time, label: step < DAY ? text.slice(11, 16) : text.slice(5, 10) });
  }
  return found;
}
