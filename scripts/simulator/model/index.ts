export { accountId, Exchange } from "./exchange.ts";
export type { Liquidation } from "./liquidation.ts";
export { type Options, TREASURY } from "./state.ts";
export * from "./types.ts";
