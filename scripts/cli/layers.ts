/** Who carries a deficit, in the order they pay. */
export const LAYERS = [
  ["forgone", "profit the pool was shown and never had"],
  ["insurance", "insurance fund"],
  ["junior", "junior LPs"],
  ["senior", "senior LPs"],
  ["adl", "traders in profit"],
  ["residual", "nobody: residual"],
] as const;
