import { InvalidArgumentError } from "commander";

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
