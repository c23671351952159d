/** What every picture is made of: plain elements, no script, no font from elsewhere; the same input, the same bytes. */

/** Middle tones, told apart on white and on black, and by those who do not see red and green. */
export const COLOURS = {
  grey: "#8c959f",
  pale: "#c3cad1",
  teal: "#2a9d8f",
  orange: "#e07a3f",
  purple: "#8e6bbf",
  blue: "#4c8dd6",
  gold: "#c9a227",
  red: "#d8647a",
} as const;

/** Of every picture. */
export const WIDTH = 900;

/** What a part of a picture drew, and how high it is. */
export type Panel = { elements: string[]; height: number };

type Attributes = Record<string, string | number | undefined>;

/** A whole picture. Text is legible on either background; what is drawn on a filled shape has class `on`. */
export function picture(title: string, height: number, elements: string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    "<style>",
    "text { font: 11px system-ui, sans-serif; fill: #6e7781 }",
    ".title { font-size: 14px; font-weight: 600 }",
    ".figure { font-size: 12px; font-weight: 600 }",
    "@media (prefers-color-scheme: dark) { text { fill: #adbac7 } }",
    ".on { fill: #14181d }",
    "</style>",
    ...elements,
    "</svg>",
    "",
  ].join("\n");
}

export function text(x: number, y: number, content: string, attributes: Attributes = {}): string {
  return `<text x="${at(x)}" y="${at(y)}"${written(attributes)}>${escaped(content)}</text>`;
}

export function rect(x: number, y: number, width: number, height: number, fill: string, more: Attributes = {}): string {
  const place = `x="${at(x)}" y="${at(y)}" width="${at(width)}" height="${at(height)}"`;
  return `<rect ${place} fill="${fill}"${written(more)}/>`;
}

export function line(x1: number, y1: number, x2: number, y2: number, more: Attributes = {}): string {
  const place = `x1="${at(x1)}" y1="${at(y1)}" x2="${at(x2)}" y2="${at(y2)}"`;
  return `<line ${place}${written({ stroke: COLOURS.grey, ...more })}/>`;
}

export function polyline(points: [x: number, y: number][], more: Attributes = {}): string {
  return `<polyline points="${points.map(([x, y]) => `${at(x)},${at(y)}`).join(" ")}" fill="none"${written(more)}/>`;
}

export function circle(x: number, y: number, r: number, fill: string, more: Attributes = {}): string {
  return `<circle cx="${at(x)}" cy="${at(y)}" r="${at(r)}" fill="${fill}"${written(more)}/>`;
}

/** A square standing on its corner. */
export function diamond(x: number, y: number, r: number, fill: string, more: Attributes = {}): string {
  const points = [`${at(x)},${at(y - r)}`, `${at(x + r)},${at(y)}`, `${at(x)},${at(y + r)}`, `${at(x - r)},${at(y)}`];
  return `<polygon points="${points.join(" ")}" fill="${fill}"${written(more)}/>`;
}

/** At most one digit, none where there is nothing behind the point. */
const at = (value: number): string => String(Number(value.toFixed(1)));

const written = (attributes: Attributes): string =>
  Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${value}"`)
    .join("");

const escaped = (content: string): string =>
  content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
