import { InvalidArgumentError } from "commander";

/** Text of an option as a whole number in a range; else one line that says which. */
export function integer(min: number, max: number): (text: string) => number {
  return (text) => bounded(/^\d+$/.test(text) ? Number(text) : Number.NaN, "whole number", min, max);
}

/** The same for a number with decimals. */
export function decimal(min: number, max: number): (text: string) => number {
  return (text) => bounded(/^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN, "number", min, max);
}

function bounded(value: number, kind: string, min: number, max: number): number {
  if (value >= min && value <= max) return value;
  throw new InvalidArgumentError(`not a ${kind} from ${min.toLocaleString("en-US")} to ${max.toLocaleString("en-US")}`);
}
