/** What one line of the security checklist is about, in our words. */
export interface Threat {
  threat: string;
  /** What part of the line does not exist here, and why; whatever else it asks for has a test. */
  notHere?: string;
}

/** By number. A test names the line it covers; `scripts/checks/checklist.ts` collects them. */
export const THREATS: Record<number, Threat> = {
  1: { threat: "Two prices signed for one block are bought at and sold at" },
  2: { threat: "An older price is brought after a newer one" },
  3: { threat: "A price is stale, zero, negative, of the future, uncertain or at its bound" },
  4: { threat: "Feeds of other decimals and exponents are misread" },
  5: {
    threat: "A feed is replaced by a wrong one",
    notHere: "Nobody stops liquidations on a feed, the guardian included (PROTOCOL §14).",
  },
  6: { threat: "Whoever executes an order leaves out the price it was promised" },
  7: {
    threat: "A second collateral leaves par",
    notHere: "There is one quote token; the test pins that no contract knows another.",
  },
  8: { threat: "A thin index is pushed, and the profit withdrawn" },
  9: { threat: "A position is placed where it can be liquidated at once" },
  10: { threat: "A trade's own impact values the position it adds to" },
  11: { threat: "A delta larger than the position slips past what openings are asked" },
  12: { threat: "Liquidation is aimed at more, or at others, than it should reach" },
  13: { threat: "The liquidator's pay exceeds what is there, or makes the account worse" },
  14: { threat: "Dust positions that nobody is paid to close, fees that round to nothing" },
  15: { threat: "Sums over positions drift from the positions" },
  16: { threat: "Somebody is liquidated who could neither top up nor reduce" },
  17: { threat: "An owner keeps liquidation from going through" },
  18: { threat: "Liquidity leaves at a price that does not show a loss yet" },
  19: { threat: "A deficit stays on an account, or skips a layer" },
  20: { threat: "A loss larger than a layer stops the booking, or reaches idle accounts" },
  21: {
    threat: "Booking a loss is made expensive",
    notHere: "The cost of deleveraging is bounded by buckets, not constant (PROTOCOL §8).",
  },
  22: { threat: "Newcomers take the recovery of those who lost" },
  23: { threat: "A pool that was wiped out cannot start again, or starts with newcomers' money" },
  24: { threat: "Donations and first deposits inflate the price of a share" },
  25: { threat: "Shares are bought just before an income" },
  26: {
    threat: "Liquidity flees while traders are in profit",
    notHere: "Epochs at one price for all instead of a first-come queue, minimum outputs and deadlines (PROTOCOL §10).",
  },
  27: {
    threat: "Redemptions are requested ahead as options to leave",
    notHere: "Epochs instead of cooldown windows: nothing is armed, expires, or can be kept ready (PROTOCOL §10).",
  },
  28: { threat: "Insurance shares escape a draw, or are drawn on twice" },
  29: { threat: "Deleveraging without need, of the wrong people, or dodged by splitting" },
  30: { threat: "New funding terms reach back; pokes or a block's skew move the index" },
  31: { threat: "Slices, referrals or one's own keeper make a round trip pay" },
  32: { threat: "A token with habits of its own freezes or unbalances the ledgers" },
  33: { threat: "A token or a callee calls back while books are open" },
  34: { threat: "Rounding, casts and overflow pay somebody" },
  35: { threat: "A list without end, or one bad element of a batch, blocks the rest" },
  36: { threat: "Keepers are paid for nothing, twice, or for starving a call of gas" },
  37: { threat: "A function that somebody may call who should not" },
  38: { threat: "Guardian or governor do more, or sooner, than announced" },
  39: { threat: "A signature is used again, elsewhere, or for somebody else" },
  40: {
    threat: "Code is swapped, time is counted in blocks, or a keeper gives up on a bad day",
    notHere: "There are no proxies: no implementation to lock, no storage to compare; the test pins that.",
  },
};
