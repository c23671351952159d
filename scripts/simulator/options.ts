import { InvalidArgumentError } from "commander";

/** What is replayed when nothing is said: the demo, and the middle of the grid. */
export const DEFAULTS = { traders: 200, oiToCapital: 0.8, longShare: 0.5, seed: 1, speed: 1 };

/** What a grid tries when nothing is said. */
export const DEFAULT_AXES = {
  maxLeverage: [10, 20, 40],
  oiToCapital: [0.8, 2, 4, 8],
  insurance: [0.005, 0.015, 0.05],
};

/** Text of an option as a whole number in a range; else one line that says which. */
export function integer(min: number, max: number): (text: string) => number {
  return (text) => bounded(/^\d+$/.test(text) ? Number(text) : Number.NaN, "whole number", min, max);
}

/** The same for a number with decimals. */
export function decimal(min: number, max: number): (text: string) => number {
  return (text) => bounded(/^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN, "number", min, max);
}

/** Several of them, between commas, each once. */
export function list(one: (text: string) => number, most: number): (text: string) => number[] {
  return (text) => {
    const values = text.split(",").map((part) => one(part.trim()));
    if (values.length > most) throw new InvalidArgumentError(`${values.length} values; at most ${most}`);
    if (new Set(values).size < values.length) throw new InvalidArgumentError("a value is there twice");
    return values;
  };
}

/** One of these words. */
export function choice<Name extends string>(...names: Name[]): (text: string) => Name {
  return (text) => {
    if (names.includes(text as Name)) return text as Name;
    throw new InvalidArgumentError(`not one of ${names.join(", ")}`);
  };
}

function bounded(value: number, kind: string, min: number, max: number): number {
  if (value >= min && value <= max) return value;
  throw new InvalidArgumentError(`not a ${kind} from ${min.toLocaleString("en-US")} to ${max.toLocaleString("en-US")}`);
}
