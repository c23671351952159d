import { type CliStage, crashedStage, emptyStage, heavyStage, tradingStage } from "../cliStage.ts";
import { deployPull, updateAt } from "../pull.ts";
import type { Row } from "../row.ts";

const KEEPER = ["--account-index", "6"];
const OTHER_KEY = ["--account-index", "7"];

/** A pull feed, known to the address book that the commands are given. */
async function withPyth(stage: CliStage): Promise<void> {
  withBook.set(stage, (await deployPull(stage)).deployments);
}

const withBook = new WeakMap<CliStage, string>();
const deploymentsOf = (stage: CliStage) => ["--deployments", withBook.get(stage)!];

const kill = ({ breakwater, keeper }: CliStage) => breakwater.mockPrices!.connect(keeper).setDead(0, true);

/** Of keepers, of the guardian, and of whoever looks at the whole. */
export const KEEPING: Row[] = [
  {
    command: "deploy check",
    stage: emptyStage,
    table: ["whole", /the vault holds what its ledgers promise +yes/, /0 +ETH +open +3,000\.00/],
    json: { isWhole: true, "markets.1.symbol": "BTC", chainId: 31337 },
    error: { argv: () => ["--deployments", "nowhere"], line: /^nothing is deployed on chain 31337/ },
  },
  {
    command: "deploy addresses",
    stage: emptyStage,
    table: [/clearinghouse +0x[0-9a-fA-F]{40}/],
    json: { "addresses.0.name": "token" },
    error: { argv: () => ["--deployments", "nowhere"], line: /see "Deploy" in README\.md$/ },
  },
  {
    command: "chain advance",
    stage: emptyStage,
    argv: () => ["1h"],
    table: [/advanced +1 h/],
    json: { seconds: 3_600 },
    error: { argv: () => ["soon"], line: 'time: "soon" is not a time like 90s, 15m, 2h or 3d' },
  },
  {
    command: "chain accounts",
    stage: emptyStage,
    table: [/0 +0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266 +9999\./],
    json: { "accounts.1.usd": "0", "accounts.1.index": 1 },
    error: { argv: () => ["--color"], line: "unknown option '--color'" },
  },
  {
    command: "faucet mint",
    stage: emptyStage,
    argv: () => ["10000"],
    table: [/balance, USD +0\.00 +10,000\.00/],
    json: { "changes.balance.after": "10000" },
    error: { argv: () => ["much"], line: 'amount: "much" is not a number like 1250.5' },
  },
  {
    command: "market list",
    stage: tradingStage,
    table: [/ETH +open +3,000\.00 +300,000\.00 +300,000\.00/, /sum +300,000\.00 +300,000\.00/],
    json: { "markets.length": 2, "markets.0.longNotional": "300000", "markets.1.market": "BTC" },
    error: { argv: () => ["--deployments", "nowhere"], line: /^nothing is deployed/ },
  },
  {
    command: "market show",
    stage: heavyStage,
    argv: () => ["0"],
    table: [/longs, USD +507,000\.00/, /would close of the heavy side +[1-9]/],
    json: { market: "ETH", longBase: "130" },
    error: { argv: () => ["7"], line: "market 7: there are 2; `market list` shows them" },
  },
  {
    command: "market mark",
    stage: tradingStage,
    argv: () => ["eth"],
    table: ["done  mark ETH"],
    json: { action: "mark ETH" },
    error: { before: kill, line: /^MockPriceSource_Dead\(market 0\): the mock feed was switched off/ },
  },
  {
    command: "market buckets",
    stage: tradingStage,
    argv: () => ["eth", "--price", "3100"],
    table: [/long +1 +100 +3,000\.15 +3,000\.15 +yes +9,985\.00/],
    json: { price: "3100", "buckets.length": 2, "buckets.0.isReached": true },
    error: { argv: () => ["eth", "--price", "-1"], line: /^--price: "-1" is not more than zero/ },
  },
  {
    command: "market gap",
    stage: tradingStage,
    argv: () => ["eth", "2500"],
    table: [/insurance +2[45],\d{3}\.\d\d/, /deficit +40,\d{3}\.\d\d$/m, /bankrupt +1\n/, "Who is liquidated"],
    json: { gapPrice: "2500", bankrupt: 1, "layers.length": 6, "accounts.length": 1 },
    error: { argv: () => ["eth", "low"], line: 'price: "low" is not a number like 1250.5' },
  },
  {
    command: "market deleverage",
    stage: heavyStage,
    argv: () => ["eth", ...KEEPER],
    table: ["done  deleverage ETH", "pool equity, USD"],
    json: { isDryRun: false, "transactions.length": 1 },
    error: { argv: () => ["btc"], line: /^Clearinghouse_NotDeleveragable\(.*nothing is due$/ },
  },
  {
    command: "market settle-dead",
    stage: tradingStage,
    before: kill,
    argv: () => ["eth"],
    table: [/can be settled from +20\d\d-/, /state +open +open/],
    json: { "changes.state.after": "open" },
    error: { argv: () => ["btc"], line: /^Clearinghouse_MarketHasPrice/ },
  },
  {
    command: "market close-settled",
    stage: tradingStage,
    before: ({ breakwater, governor }) => breakwater.clearinghouse.connect(governor).delistMarket(0),
    argv: ({ address }) => ["eth", address[4]!],
    table: [/margin, USD +9,848\.00 +9,8\d\d\.\d\d/],
    json: { isDryRun: false },
    error: { argv: () => ["btc"], line: /^Clearinghouse_MarketNotSettled/ },
  },
  {
    command: "market restrict",
    stage: emptyStage,
    argv: () => ["eth", "50%", "1h"],
    table: [/left of the caps +- +50%/],
    json: { "changes.restrictedTo.after": 5_000 },
    error: { argv: () => ["eth", "50%", "1h", ...OTHER_KEY], line: /^AccessManagedUnauthorized\(.*role list/ },
  },
  {
    command: "oracle show",
    stage: emptyStage,
    before: kill,
    table: [/ETH +- +- +MockPriceSource_Dead/, /BTC +100,000\.00 .* good +good +good +mockPrices/],
    json: { "prices.0.price": null, "prices.1.price": "100000", "prices.1.open": "good" },
    error: { argv: () => ["doge"], line: 'market: "doge" is not ETH, BTC or a number; `market list` shows them' },
  },
  {
    command: "oracle set-price",
    stage: emptyStage,
    argv: () => ["eth", "2700.5"],
    table: [/price, USD +3,000\.00 +2,700\.50/],
    json: { "changes.price.after": "2700.5" },
    error: { argv: () => ["eth", "0"], line: 'price: "0" is not more than zero' },
  },
  {
    command: "oracle kill",
    stage: emptyStage,
    argv: () => ["eth"],
    table: [/price, USD +3,000\.00 +-/],
    json: { "changes.price.after": null },
    error: { argv: () => [], line: "missing required argument 'market'" },
  },
  {
    command: "oracle push",
    stage: emptyStage,
    before: withPyth,
    argv: (stage) => [updateAt(4_000_000_000), ...deploymentsOf(stage)],
    table: ["bring 1 signed price update(s)", /fee, wei +1/],
    json: { "result.fee": "1" },
    error: { argv: () => ["0xabcd"], line: "the deployment on chain 31337 has no pull feed" },
  },
  {
    command: "oracle report-silence",
    stage: emptyStage,
    before: async (stage) => {
      await withPyth(stage);
      await stage.advance(4_000);
    },
    argv: (stage) => ["eth", ...deploymentsOf(stage)],
    table: ["done  report the silence of ETH"],
    json: { action: "report the silence of ETH" },
    error: { argv: () => ["eth"], line: "the deployment on chain 31337 has no pull feed" },
  },
  {
    command: "incident list",
    stage: crashedStage,
    table: [/1 +0x\w+\/0 +40,\d{3}\.\d\d/, "residual, USD"],
    json: { "incidents.length": 1, "incidents.0.incidentId": 1, "incidents.0.residual": "0" },
    error: { argv: () => ["--limit", "-1"], line: '--limit: "-1" is not a whole number' },
  },
  {
    command: "incident show",
    stage: crashedStage,
    argv: () => ["1"],
    table: [/insurance fund +25,007\.50/, /junior LPs +1\d,\d{3}\.\d\d/, /deficit +40,\d{3}\.\d\d$/m],
    json: { incidentId: 1, "layers.length": 6, "layers.1.amount": "25007.5" },
    error: { argv: () => ["2"], line: "incident 2: there are 1 so far" },
  },
  {
    command: "claim fees",
    stage: crashedStage,
    argv: () => KEEPER,
    table: ["from the clearinghouse", "from the orders", /fees to claim, USD +1\.00 +0\.00/],
    json: { "orders.changes.fees.before": "1", "clearinghouse.changes.fees.after": "0" },
    error: { argv: () => OTHER_KEY, line: /^no fees of 0x\w+ wait to be claimed/ },
  },
];
