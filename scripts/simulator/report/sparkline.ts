const BLOCKS = "▁▂▃▄▅▆▇█";

/** Values as a line of blocks, at most `width` of them; each shows the lowest value of its stretch. */
export function sparkline(values: number[], width: number): string {
  const columns = Math.min(width, values.length);
  const lows = Array.from({ length: columns }, (_, i) => {
    const from = Math.floor((i * values.length) / columns);
    const to = Math.max(from + 1, Math.floor(((i + 1) * values.length) / columns));
    return Math.min(...values.slice(from, to));
  });
  const low = Math.min(...lows);
  const range = Math.max(...lows) - low || 1;
  return lows.map((value) => BLOCKS[Math.round(((value - low) / range) * (BLOCKS.length - 1))]).join("");
}
