import { ContractError } from "../../sdk/errors.ts";

/** What a refusal means. Race: somebody was faster. Wait: not now. Failure: this target cannot be done. */
export type Verdict = { kind: "race" | "wait" | "failure"; reason: string };

/** What is done already, by another keeper or by the owner. */
const RACES = new Set([
  "Clearinghouse_NotLiquidatable",
  "Clearinghouse_NothingToLiquidate",
  "Clearinghouse_NotDeleveragable",
  "Clearinghouse_ContributedAlready",
  "Clearinghouse_NothingToReplay",
  "Clearinghouse_MarketHasPrice",
  "Clearinghouse_StateNotSettable",
  "Orders_NoOrder",
  "LiquidityPool_EpochAlreadyRecorded",
  "LiquidityPool_NothingRecorded",
  "InsuranceFund_EpochAlreadyRecorded",
  "InsuranceFund_NothingRecorded",
  "PythSource_NotSilent",
  "PythSource_ReportedAlready",
]);

/** What time, a price or a mark will mend. */
const WAITS =
  /^(Orders_(TooEarly|PriceTooOld|TriggerNotMet|DeadlineTooEarly)|Clearinghouse_(StaleMark|TooEarlyToSettle)|LiquidityPool_(EpochNotOver|TooEarlyToSettle)|InsuranceFund_(EpochNotOver|TooEarlyToSettle)|SequencerGate_\w+|MockPriceSource_(Dead|TooEarly)|PythSource_(StalePrice|TooSoon|WideConfidence|FuturePrice)|ChainlinkSource_(StaleAnswer|RoundTooEarly|NotFirstRound|IncompleteRound|FutureAnswer)|CircuitBreaker_(SourcesDisagree|MovedTooFast|SecondaryDead)|OracleRouter_(ReduceOnly|PriceTooEarly)|PriceSource_ReduceOnly)$/;

export function verdictOf(error: unknown): Verdict {
  if ((error as { code?: string })?.code === "INSUFFICIENT_FUNDS") return { kind: "wait", reason: "too little ether" };
  if (!(error instanceof ContractError)) {
    const text = error instanceof Error ? error.message.split("\n")[0]! : String(error);
    return { kind: "failure", reason: text.slice(0, 200) };
  }
  if (RACES.has(error.error)) return { kind: "race", reason: error.error };
  if (WAITS.test(error.error)) return { kind: "wait", reason: error.error };
  return { kind: "failure", reason: error.message.slice(0, 200) };
}
