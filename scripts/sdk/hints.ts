import { formatUsd } from "./units.ts";

/** What an order with a trigger may have: the contract keeps 40 bits. */
const LAST_DEADLINE = 2n ** 40n - 1n;

const RECORDED = "it is recorded: settle it half an hour later; the running epoch can be recorded once it is over";
const UNRECORDED = "nothing waits to be settled: record the epoch first, once it is over";

type Hint = string | ((args: Record<string, unknown>) => string);

/** What to do about an error, for whoever sees it first. Errors that only a broken deployment can cause have none. */
const HINTS: Record<string, Hint> = {
  AccessManagedUnauthorized: "this key does not hold the role; `role list` shows who does",
  AccessManagerUnauthorizedAccount: "this key does not hold the role; `role list` shows who does",
  AccessManagedRequiredDelay: "it has to be announced: `role schedule`, and after the delay `role execute`",
  AccessManagerNotReady: "scheduled, and the delay is not over yet; `role operations` shows when it is",
  AccessManagerExpired: "it was not executed in time: `role schedule` announces it anew",
  AccessManagerAlreadyScheduled: "`role operations` shows when it is ready",
  AccessManagerUnauthorizedCall: "this key does not hold the role, or not for so soon; `role list` shows who does",
  AccessManagerUnauthorizedCancel: "who announced it, an admin or the guardian of its role can; see `role operation`",
  AccessManagerNotScheduled: "schedule the same call first, and wait for its delay: `role schedule`",
  ERC20InsufficientAllowance: "approve the vault for this amount first, or use a permit",
  ERC20InsufficientBalance: "there is not as much in the wallet that has to pay",
  ERC2612ExpiredSignature: "sign the permit again with a later deadline",
  ERC2612InvalidSigner: "the permit was signed by another key, for another token or another chain",
  Clearinghouse_NotAuthorized: "only the owner of the account, or an operator it named, may do this",
  Clearinghouse_NotExecutor: "trades go through orders: submit one, anybody executes it",
  Clearinghouse_ZeroAmount: "give an amount of at least one unit of the token",
  Clearinghouse_AboveWithdrawable: ({ has }) =>
    `at most ${formatUsd(has as bigint)} can leave now; closing positions may free more`,
  Clearinghouse_MarketNotListed: "`market list` shows the markets there are",
  Clearinghouse_TooManyPositions: "close a position first, or use another sub-account",
  Clearinghouse_MarketNotOpen: "the market takes no new risk now; closing is possible",
  Clearinghouse_NoPosition: "there is nothing open in this market",
  Clearinghouse_TranchesBelowMinimum: "no new risk before LPs have put the minimum into both tranches; see `pool show`",
  Clearinghouse_StaleMark: "mark the market first: `market mark`",
  Clearinghouse_PriceNotAcceptable: "the price moved beyond the limit; give more --slippage or wait",
  Clearinghouse_BelowMinNotional: "make it larger, or close the position wholly",
  Clearinghouse_AboveMaxPosition: "make it smaller, or use another sub-account",
  Clearinghouse_ImpactTooLarge: "the trade moves the price too much; split it",
  Clearinghouse_OpenInterestCap: "the market is full on this side until LP capital grows or somebody closes",
  Clearinghouse_SkewCap: "the pool would carry too much of one side; the other side is open",
  Clearinghouse_BelowInitialMargin: "deposit more margin or make the position smaller",
  Clearinghouse_MarginBelowZero: "deposit more margin: fees and losses of this trade are larger than what is there",
  Clearinghouse_NotLiquidatable: "its equity still covers maintenance margin",
  Clearinghouse_NothingToLiquidate: "it has no position",
  Clearinghouse_NothingToClaim: "nothing has come in since the last claim",
  Clearinghouse_NothingToReplay: "it has missed no deleveraging in this market",
  Clearinghouse_MarketNotSettled: "the market still trades: `position close` closes positions in it",
  Clearinghouse_ZeroOwner: "nobody owns this account: money put there would be lost",
  Clearinghouse_TooManyEvents: "call `account replay` until it says complete, then again",
  Clearinghouse_NotDeleveragable: "the pool is above its floor and the skew within its cap: nothing is due",
  Clearinghouse_MarketHasPrice: "the market is alive; only one without a price for a week can be settled",
  Clearinghouse_TooEarlyToSettle: "the market has to be without a price for a week first",
  Orders_NotAuthorized: "only the owner of the account, or an operator it named, may order for it",
  Orders_NoOrder: "it was executed, cancelled, or never there",
  Orders_ZeroSize: "give a size other than zero",
  Orders_DeadlineTooEarly: "give a later deadline: the order could not be filled before this one",
  Orders_DeadlineTooLate: ({ max }) =>
    (max as bigint) >= LAST_DEADLINE ? "no order can wait as long" : "a market order can wait a day at most",
  Orders_TooEarly: "orders wait a few seconds, so that nobody trades at a price already known; try again",
  Orders_PriceTooOld: "the price is older than the order; a newer one has to be published first",
  Orders_TriggerNotMet: "the price has not reached the trigger",
  Orders_Committed: "a market order binds until its deadline; after it anybody can clear it",
  Orders_NotEnoughGas: "send it with a higher gas limit",
  Orders_SignatureExpired: "sign the order again with a later signature deadline",
  Orders_InvalidSignature: "the signature is of another key, chain or order",
  Orders_NonceUsed: "sign again with an unused nonce",
  Orders_BatchTooLong: "execute fewer orders at once",
  Orders_NothingToClaim: "no fees are waiting",
  Orders_Expired: "its deadline passed before a price came",
  Orders_VoidedByLiquidation: "the account was liquidated after the order: nothing is left to reduce",
  Orders_NothingToReduce: "the position it should reduce is gone",
  OracleRouter_NoSource: "the governor has not named a price source for this market",
  OracleRouter_ReduceOnly: "the price source was replaced lately: only closing for now",
  PythSource_StalePrice: "push a fresh price first: `oracle push`",
  InvalidUpdateData: "these bytes are no update of this feed's network; take the hex of Hermes as it is",
  InvalidWormholeVaa: "the update is not signed by the feed's guardians; take the hex of Hermes as it is",
  PriceFeedNotFound: "the feed has no price under this id yet: push a first one",
  PriceFeedNotFoundWithinRange:
    "the update is not the first one published at or after the moment asked for; ask Hermes for that second",
  ChainlinkSource_StaleAnswer: "the feed has not been updated lately; wait for its next round",
  SequencerGate_Down: "the rollup's sequencer is down",
  SequencerGate_InGrace: "the rollup's sequencer has just come back: a while for owners to act before liquidations",
  LiquidityPool_EpochNotOver: "the epoch is still running",
  LiquidityPool_EpochAlreadyRecorded: RECORDED,
  LiquidityPool_NothingRecorded: UNRECORDED,
  LiquidityPool_TooEarlyToSettle: "half an hour has to pass between recording and settling",
  LiquidityPool_ResetNotDue: "senior has not been under water for long enough",
  InsuranceFund_EpochNotOver: "the epoch is still running",
  InsuranceFund_EpochAlreadyRecorded: RECORDED,
  InsuranceFund_NothingRecorded: UNRECORDED,
  InsuranceFund_TooEarlyToSettle: "half an hour has to pass between recording and settling",
  EpochVault_ExceedsClaimable: "only what a settled epoch has filled can be taken; `pool requests` shows it",
  EpochVault_ExceedsPending: "there is less waiting than that",
  EpochVault_CannotCancel: "the epoch of this request is over: it is being settled",
  EpochVault_NotController: "only the controller of the request, or an operator it named, may do this",
  EpochVault_NotOwner: "only the owner of the shares or assets, or an operator it named, may do this",
  MockPriceSource_Dead: "the mock feed was switched off",
};

export function hintFor(error: string, args: Record<string, unknown>): string | undefined {
  const hint = HINTS[error];
  return typeof hint === "function" ? hint(args) : hint;
}

/** Errors that have a hint; the tests hold them against the ABIs. */
export const HINTED = Object.keys(HINTS);
