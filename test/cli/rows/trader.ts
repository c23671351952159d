import path from "node:path";
import { crashedStage, emptyStage, seededStage, tradingStage } from "../cliStage.ts";
import type { Row } from "../row.ts";

const ALICE = ["--account-index", "4"];
const TRIGGER = ["--kind", "at-or-below", "--trigger", "2800", "--reduce-only"];

const fileOf = (deployments: string) => path.join(deployments, "order.json");

/** Of somebody who trades. */
export const TRADER: Row[] = [
  {
    command: "account show",
    stage: tradingStage,
    argv: () => ALICE,
    table: ["maintenance margin, USD", /ETH +long +100 +3,000\.15/],
    json: { "positions.0.size": "100", "positions.0.market": "ETH", liquidations: 0 },
    error: {
      argv: () => ["0xabc"],
      line: 'account: "0xabc" is neither 0xOwner, 0xOwner/sub-account nor a sub-account number',
    },
  },
  {
    command: "account list",
    stage: tradingStage,
    argv: () => ["--all"],
    table: [/sum +39,696\.00/],
    json: { "accounts.length": 2, "accounts.0.margin": "9848" },
    error: { argv: () => ["--from", "nobody"], line: '--from: "nobody" is not an address' },
  },
  {
    command: "account deposit",
    stage: tradingStage,
    argv: () => ["500", ...ALICE],
    table: [/margin, USD +9,848\.00 +10,348\.00/, "done  deposit 500.00 USD"],
    json: { isDryRun: false, "transactions.length": 1, "changes.margin.after": "10348" },
    error: {
      argv: () => ["500", "--account-index", "7"],
      line: /^the wallet of 0x14dC\w+ holds 0\.00 USD, not 500\.00; `faucet mint` prints mock dollars$/,
    },
  },
  {
    command: "account withdraw",
    stage: tradingStage,
    argv: () => ["all", "--account-index", "5"],
    table: [/margin, USD +29,848\.00 +6,090\.00/],
    json: { isDryRun: false, "transactions.length": 1 },
    error: {
      argv: () => ["9000", ...ALICE],
      line: /^Clearinghouse_AboveWithdrawable\(.*at most [\d,.]+ can leave now/,
    },
  },
  {
    command: "account transfer",
    stage: tradingStage,
    argv: () => ["100.5", "0", "1", ...ALICE],
    table: [/margin of the second, USD +0\.00 +100\.50/],
    json: { "changes.to.after": "100.5", "changes.to.before": "0" },
    error: { argv: () => ["1", "0", `0x${"11".repeat(20)}`, ...ALICE], line: /^Clearinghouse_DifferentOwners/ },
  },
  {
    command: "account operator",
    stage: emptyStage,
    argv: ({ address }) => [address[1]!],
    table: [/may act +no +yes/],
    json: { "changes.isOperator.after": true },
    error: { argv: () => ["bob"], line: 'address: "bob" is not an address' },
  },
  {
    command: "account settle",
    stage: tradingStage,
    before: ({ breakwater, keeper }) => breakwater.mockPrices!.connect(keeper).setPrice(0, 2_950n * 10n ** 18n),
    argv: () => ALICE,
    table: [/margin, USD +9,848\.00 +4,833\.00/],
    json: { "changes.positions.after": 1 },
    error: { argv: () => ["x"], line: /^account: "x" is neither/ },
  },
  {
    command: "account replay",
    stage: tradingStage,
    argv: () => ["eth", ...ALICE],
    table: [/size +100 +100/],
    json: { "changes.size.after": "100" },
    error: { argv: () => ["btc", ...ALICE], line: /^Clearinghouse_NothingToReplay/ },
  },
  {
    command: "account liquidate",
    stage: tradingStage,
    before: ({ breakwater, keeper }) => breakwater.mockPrices!.connect(keeper).setPrice(0, 2_500n * 10n ** 18n),
    argv: ({ address }) => [address[4]!, "--account-index", "6"],
    table: [/incidents +0 +1/, /keeper's fees to claim, USD +0\.00 +2\.00/],
    json: { "changes.incidents.after": 1, "changes.positions.after": 0 },
    error: { argv: ({ address }) => [address[5]!], line: /^Clearinghouse_NotLiquidatable\(.*still covers maintenance/ },
  },
  {
    command: "position open",
    stage: tradingStage,
    argv: () => ["long", "eth", "--usd", "3000", ...ALICE],
    table: ["order a long of 1 ETH", /fill at worst, USD +3,030\.00/, /order +3\n/],
    json: { "result.orderId": 3, "result.price": "3000" },
    error: { argv: () => ["up", "eth", "--size", "1"], line: 'side: "up" is neither long nor short' },
  },
  {
    command: "position close",
    stage: tradingStage,
    argv: () => ["ETH", "--share", "50%", ...ALICE],
    table: [/order +3\n/, /fill at worst, USD +2,9\d\d\.\d\d/],
    json: { "result.orderId": 3 },
    error: { argv: () => ["eth"], line: "no position in ETH: there is nothing to close" },
  },
  {
    command: "position show",
    stage: tradingStage,
    argv: () => ["--account-index", "5"],
    table: [/ETH +short +-100 /, "liquidation at about, USD"],
    json: { "positions.length": 1, "positions.0.side": "short" },
    error: { argv: () => ["--account-index", "x"], line: /--account-index.*not a whole number/ },
  },
  {
    command: "position preview",
    stage: seededStage,
    argv: () => ["short", "btc", "--size", "0.5"],
    table: [/notional, USD +49,999\.88/, /keeper's fee, USD +0\.50/],
    json: { size: "-0.5", price: "100000", keeperFee: "0.5" },
    error: { argv: () => ["short", "btc"], line: "give either --size or --usd" },
  },
  {
    command: "order submit",
    stage: tradingStage,
    argv: () => ["eth", "-100", ...TRIGGER, ...ALICE],
    table: ["sell 100 ETH at or below 2,800.00, reduce-only,", /order +3\n/],
    json: { "result.orderId": 3 },
    error: { argv: () => ["eth", "1", "--kind", "at-or-below"], line: "--kind at-or-below needs --trigger <price>" },
  },
  {
    command: "order sign",
    stage: tradingStage,
    argv: ({ deployments }) => ["eth", "2", "--nonce", "7", "--out", fileOf(deployments), ...ALICE],
    table: ["buy 2 ETH at the price that comes", /signature +0x[0-9a-f]{130}/, "order.json"],
    json: { nonce: "7", "order.request.sizeDelta": "2000000000000000000" },
    error: { argv: () => ["eth", "0"], line: "size: more or less than zero" },
  },
  {
    command: "order submit-signed",
    stage: tradingStage,
    before: ({ cli, deployments }) => cli(["order", "sign", "eth", "2", "--out", fileOf(deployments), ...ALICE]),
    argv: ({ deployments }) => [fileOf(deployments), "--account-index", "7"],
    table: [/submit what 0x\w+ signed: buy 2 ETH/, /order +3\n/],
    json: { "result.orderId": 3 },
    error: { argv: () => ["nothing.json"], line: "nothing.json: no such file or folder" },
  },
  {
    command: "order show",
    stage: tradingStage,
    before: ({ cli }) => cli(["position", "open", "long", "eth", "--size", "1", ...ALICE]),
    argv: () => ["3"],
    table: [/order +3\n/, "waits for a price published after it", "reduce only"],
    json: { orderId: 3, "orders.0.size": "1" },
    error: { argv: () => ["9"], line: "order 9: there are 2 so far" },
  },
  {
    command: "order list",
    stage: tradingStage,
    before: ({ cli }) => cli(["order", "submit", "eth", ...TRIGGER, ...ALICE, "--", "-5"]),
    argv: () => ["--account", "0", ...ALICE],
    table: [/3 +0x\w+\/0 +ETH +at-or-below +-5 +2,800\.00 +any +yes +0\.50/],
    json: { "orders.length": 1, "orders.0.trigger": "2800", "orders.0.limit": null },
    error: { argv: () => ["--limit", "many"], line: '--limit: "many" is not a whole number' },
  },
  {
    command: "order execute",
    stage: tradingStage,
    before: async ({ cli, advance }) => {
      await cli(["position", "close", "eth", ...ALICE]);
      await advance(5);
    },
    argv: () => ["3"],
    table: [/order was +executed/, /traded +-100/, /fees to claim, USD +0\.00 +0\.50/],
    json: { "result.outcome": "executed", "result.sizeDelta": "-100" },
    error: { argv: () => ["1"], line: "order 1 waits no more: it was executed or cancelled" },
  },
  {
    command: "order cancel",
    stage: tradingStage,
    before: ({ cli }) => cli(["order", "submit", "eth", ...TRIGGER, ...ALICE, "--", "-5"]),
    argv: () => ["3", ...ALICE],
    table: [/payer's refunds to claim, USD +0\.00 +1\.00/],
    json: { "changes.refund.after": "1" },
    error: {
      before: ({ cli }) => cli(["order", "submit", "eth", ...TRIGGER, ...ALICE, "--", "-5"]),
      argv: () => ["3", "--account-index", "7"],
      line: /^Orders_NotAuthorized/,
    },
  },
  {
    command: "claim show",
    stage: crashedStage,
    argv: () => ["--account-index", "2"],
    table: [/recovery of junior shares +0\.00 +1[56],\d{3}\.\d\d/, "Not repaid yet, of everybody"],
    json: { "claims.length": 6, "total.traders": "0" },
    error: { argv: () => ["0x1"], line: /^account: "0x1" is neither/ },
  },
];
