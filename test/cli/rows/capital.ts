import { chargedStage, crashedStage, emptyStage, heavyStage, seededStage } from "../cliStage.ts";
import type { Row } from "../row.ts";

const LP = ["--account-index", "2"];
const STAKER = ["--account-index", "3"];

/** Of LPs and stakers, and of whoever turns their epochs. */
export const CAPITAL: Row[] = [
  {
    command: "pool show",
    stage: seededStage,
    table: [/equity, USD +500,000\.00/, /senior +400,000\.00 +400,000\.0000 +1\.00/, /sum +500,000\.00/],
    json: { equity: "500000", "tranches.1.nav": "100000", "tranches.0.supply": "400000" },
    error: { argv: () => ["--deployments", "nowhere"], line: /^nothing is deployed on chain 31337/ },
  },
  {
    command: "pool deposit",
    stage: emptyStage,
    before: ({ cli }) => cli(["faucet", "mint", "1000"]),
    argv: () => ["junior", "600"],
    table: ["approve the vault", /waiting to become shares, USD +0\.00 +600\.00/],
    json: { "transactions.length": 2, "changes.depositPending.after": "600" },
    error: { argv: () => ["middle", "600"], line: 'tranche: "middle" is not one of senior, junior' },
  },
  {
    command: "pool redeem",
    stage: seededStage,
    argv: () => ["junior", "all", ...LP],
    table: [/waiting to be redeemed, shares +0\.0000 +100,000\.0000/],
    json: { "changes.redeemPending.after": "100000" },
    error: { argv: () => ["junior", "all"], line: "shares: there are none to redeem" },
  },
  {
    command: "pool requests",
    stage: seededStage,
    argv: () => LP,
    table: [/senior +400,000\.0000 +400,000\.00/],
    json: { "requests.length": 2, "requests.1.shares": "100000" },
    error: { argv: () => ["me"], line: 'holder: "me" is not an address' },
  },
  {
    command: "pool claim",
    stage: seededStage,
    before: async ({ cli, advance }) => {
      await cli(["pool", "redeem", "junior", "40", ...LP]);
      await advance(2 * 3_600);
      await cli(["pool", "record"]);
      await advance(1_860);
      await cli(["pool", "settle"]);
    },
    argv: () => ["junior", ...LP],
    table: ["claim 40.00 USD of redeemed junior shares", /wallet, USD +0\.00 +40\.00/],
    json: { "assets.changes.wallet.after": "40" },
    error: { argv: () => ["senior", ...LP], line: /^senior: nothing of 0x\w+ is settled and unclaimed/ },
  },
  {
    command: "pool cancel",
    stage: seededStage,
    before: ({ cli }) => cli(["pool", "redeem", "senior", "1000", ...LP]),
    argv: () => ["senior", "redemption", ...LP],
    table: [/shares +399,000\.0000 +400,000\.0000/],
    json: { "changes.redeemPending.after": "0" },
    error: { argv: () => ["senior", "deposit"], line: /^senior: no deposit was requested in this epoch/ },
  },
  {
    command: "pool record",
    stage: seededStage,
    before: ({ advance }) => advance(3_600),
    table: ["done  record the last epoch of the pool"],
    json: { action: "record the last epoch of the pool", isDryRun: false },
    error: { before: ({ cli }) => cli(["pool", "record"]), line: /^LiquidityPool_EpochAlreadyRecorded/ },
  },
  {
    command: "pool settle",
    stage: seededStage,
    before: async ({ cli, advance }) => {
      await cli(["pool", "redeem", "junior", "40", ...LP]);
      await advance(2 * 3_600);
      await cli(["pool", "record"]);
      await advance(1_860);
    },
    table: [/junior, shares +100,000\.0000 +99,960\.0000/],
    json: { "changes.juniorSupply.after": "99960" },
    error: { line: /^LiquidityPool_NothingRecorded\(.*nothing waits to be settled: record the epoch first/ },
  },
  {
    command: "pool reset",
    stage: heavyStage,
    before: async ({ cli, advance }) => {
      await cli(["position", "close", "eth", "--account-index", "4"]);
      await advance(5);
      await cli(["order", "execute", "2"]);
    },
    table: [/senior principal, USD +400,110\.44 +3\d\d,\d{3}\.\d\d/],
    json: { "changes.principal.before": "400110.438982462189640223" },
    error: { before: ({ advance }) => advance(60), line: /^LiquidityPool_ResetNotDue\(.*principal 400,/ },
  },
  {
    command: "pool recovery",
    stage: crashedStage,
    before: async ({ cli }) => {
      await cli(["faucet", "mint", "1000"]);
      await cli(["claim", "recover", "1000"]);
    },
    argv: () => ["junior", ...LP],
    table: [/wallet, USD +0\.00 +1,000\.00/, /to claim, USD +1,000\.00 +0\.00/],
    json: { "changes.wallet.after": "999.999999" },
    error: { argv: () => ["senior", ...LP], line: /^senior: nothing has been repaid to 0x/ },
  },
  {
    command: "insurance show",
    stage: seededStage,
    table: [/assets, USD +50,000\.00/, /would pay now, USD +25,000\.00/],
    json: { assets: "50000", maxDrawPerDayBps: 5_000 },
    error: { argv: () => ["now"], line: /too many arguments/ },
  },
  {
    command: "insurance stake",
    stage: emptyStage,
    before: ({ cli }) => cli(["faucet", "mint", "1000"]),
    argv: () => ["600"],
    table: [/waiting to become shares, USD +0\.00 +600\.00/],
    json: { "changes.depositPending.after": "600" },
    error: { argv: () => ["0"], line: 'amount: "0" is not more than zero' },
  },
  {
    command: "insurance unstake",
    stage: seededStage,
    argv: () => ["100", ...STAKER],
    table: [/waiting to be redeemed, shares +0\.0000 +100\.0000/],
    json: { "changes.redeemPending.after": "100" },
    error: { argv: () => ["100"], line: /^insurance: 0xf39F\w+ holds 0 shares, not 100$/ },
  },
  {
    command: "insurance requests",
    stage: seededStage,
    argv: () => STAKER,
    table: [/insurance +50,000\.0000 +50,000\.00/],
    json: { "requests.0.shares": "50000" },
    error: { argv: () => ["me"], line: 'holder: "me" is not an address' },
  },
  {
    command: "insurance claim",
    stage: seededStage,
    before: async ({ cli, advance }) => {
      await cli(["insurance", "unstake", "100", ...STAKER]);
      await advance(4 * 3_600);
      await cli(["insurance", "record"]);
      await advance(1_860);
      await cli(["insurance", "settle"]);
    },
    argv: () => STAKER,
    table: [/wallet, USD +0\.00 +100\.00/],
    json: { "assets.changes.wallet.after": "100" },
    error: { line: /^insurance: nothing of 0x\w+ is settled and unclaimed/ },
  },
  {
    command: "insurance cancel",
    stage: seededStage,
    before: ({ cli }) => cli(["insurance", "unstake", "100", ...STAKER]),
    argv: () => ["redemption", ...STAKER],
    table: [/shares +49,900\.0000 +50,000\.0000/],
    json: { "changes.shares.after": "50000" },
    error: { argv: () => ["everything"], line: 'kind: "everything" is not one of deposit, redemption' },
  },
  {
    command: "insurance record",
    stage: seededStage,
    before: ({ advance }) => advance(7_200),
    table: ["done  record the last epoch of the insurance"],
    json: { isDryRun: false },
    error: { line: /^InsuranceFund_EpochAlreadyRecorded/ },
  },
  {
    command: "insurance settle",
    stage: seededStage,
    before: async ({ cli, advance }) => {
      await cli(["insurance", "unstake", "100", ...STAKER]);
      await advance(4 * 3_600);
      await cli(["insurance", "record"]);
      await advance(1_860);
    },
    table: [/insurance, shares +50,000\.0000 +49,900\.0000/],
    json: { "changes.insuranceSupply.after": "49900" },
    error: { line: /^InsuranceFund_NothingRecorded/ },
  },
  {
    command: "claim pay",
    stage: chargedStage,
    argv: () => ["--account-index", "4"],
    table: [/to claim, USD +[45],\d{3}\.\d\d +0\.00/],
    json: { isDryRun: false },
    error: { argv: () => ["--account-index", "5"], line: /^Clearinghouse_NothingToClaim/ },
  },
  {
    command: "claim recover",
    stage: chargedStage,
    before: ({ cli }) => cli(["faucet", "mint", "1000"]),
    argv: () => ["1000"],
    table: ["approve the vault", "owed to traders, USD"],
    json: { "transactions.length": 2 },
    error: { argv: () => ["1", "2"], line: /too many arguments/ },
  },
];
