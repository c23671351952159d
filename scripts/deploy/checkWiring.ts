import type { Provider } from "ethers";
import { ZeroAddress } from "ethers";
import type { OracleRouter } from "../../typechain-types/index.ts";
import type { ModuleParameters } from "../shared/parameters.ts";
import type { Contracts } from "./contracts.ts";
import { logsOf } from "./logs.ts";
import { MANAGED } from "./powersTable.ts";
import type { Report } from "./report.ts";

/** Ledger bits of `contracts/types/Ledger.sol`. */
const LEDGERS = ["margin", "cash", "insurance", "pendingPnl", "queue", "recovery", "orders", "fees"];

/** Who posts to what, as `contracts/README.md` says. */
const MASKS: Record<string, string[]> = {
  Clearinghouse: ["margin", "cash", "insurance", "pendingPnl", "recovery", "orders", "fees"],
  LiquidityPool: ["cash", "insurance", "recovery"],
  SeniorTranche: ["cash", "queue", "recovery"],
  JuniorTranche: ["cash", "queue", "recovery"],
  InsuranceFund: ["cash", "insurance", "queue"],
  Orders: ["orders"],
};

export type CheckWiringParameters = {
  report: Report;
  provider: Provider;
  contracts: Contracts;
  addresses: Record<string, string>;
  parameters: ModuleParameters;
  deployer: string;
  treasury: string;
  token: string;
  fromBlock: number;
};

/** Every immutable and everything set once: what nobody can change, and therefore has to be right. */
export function checkWiring(parameters: CheckWiringParameters): void {
  const { report, contracts: c, addresses, parameters: named, deployer, treasury, token } = parameters;
  const at = (name: string) => addresses[name]!;
  const same = (check: string, name: string, read: () => unknown) => report.expect(check, at(name), read);

  for (const [name, deployed] of [
    ["clearinghouse", "Clearinghouse"],
    ["pool", "LiquidityPool"],
    ["insurance", "InsuranceFund"],
    ["waterfall", "LossWaterfall"],
    ["orders", "Orders"],
    ["oracle", "OracleRouter"],
    ["vault", "Vault"],
    ["senior", "SeniorTranche"],
    ["junior", "JuniorTranche"],
  ] as const) {
    same(`Lens › ${name}`, deployed, async () => (await c.lens.addresses())[name]);
  }
  report.expect("Vault › TOKEN", token, () => c.vault.TOKEN());
  report.expect("Vault › SCALE", 10n ** (18n - BigInt(named.tokenDecimals as number)), () => c.vault.SCALE());
  report.expect("token › decimals", named.tokenDecimals, () => c.tokenAt(token).decimals());
  const pairs = [
    ["LiquidityPool", c.pool],
    ["SeniorTranche", c.senior],
    ["JuniorTranche", c.junior],
    ["InsuranceFund", c.insurance],
  ] as const;
  for (const [name, contract] of pairs) {
    same(`${name} › VAULT`, "Vault", () => contract.VAULT());
    report.expect(`${name} › GENESIS`, named.genesis, () => contract.GENESIS());
    const length = name === "InsuranceFund" ? named.insuranceEpochSeconds : named.lpEpochSeconds;
    report.expect(`${name} › EPOCH_LENGTH`, length, () => contract.EPOCH_LENGTH());
  }
  for (const [name, shares, symbol, title] of [
    ["SeniorTranche", c.senior, "bwSENIOR", "Breakwater Senior"],
    ["JuniorTranche", c.junior, "bwJUNIOR", "Breakwater Junior"],
    ["InsuranceFund", c.insurance, "bwINSURANCE", "Breakwater Insurance"],
  ] as const) {
    report.expect(`${name} › asset`, token, () => shares.asset());
    report.expect(`${name} › symbol, name`, [symbol, title], async () => [await shares.symbol(), await shares.name()]);
  }
  report.expect("SeniorTranche › IS_SENIOR", true, () => c.senior.IS_SENIOR());
  report.expect("JuniorTranche › IS_SENIOR", false, () => c.junior.IS_SENIOR());
  for (const [name, tranche] of [
    ["SeniorTranche", c.senior],
    ["JuniorTranche", c.junior],
  ] as const) {
    same(`${name} › pool`, "LiquidityPool", () => tranche.pool());
  }

  same("LossWaterfall › POOL", "LiquidityPool", () => c.waterfall.POOL());
  same("LossWaterfall › INSURANCE", "InsuranceFund", () => c.waterfall.INSURANCE());
  same("LossWaterfall › CLEARINGHOUSE", "Clearinghouse", () => c.waterfall.CLEARINGHOUSE());
  same("InsuranceFund › waterfall", "LossWaterfall", () => c.insurance.waterfall());
  const wiring = ["Clearinghouse", "LossWaterfall", "SeniorTranche", "JuniorTranche"].map(at);
  report.expect("LiquidityPool › wiring", wiring, async () => [...(await c.pool.wiring())]);

  same("Clearinghouse › VAULT", "Vault", () => c.clearinghouse.VAULT());
  same("Clearinghouse › POOL", "LiquidityPool", () => c.clearinghouse.POOL());
  same("Clearinghouse › WATERFALL", "LossWaterfall", () => c.clearinghouse.WATERFALL());
  same("Clearinghouse › ORACLE", "OracleRouter", () => c.clearinghouse.ORACLE());
  report.expect("Clearinghouse › TREASURY", treasury, () => c.clearinghouse.TREASURY());
  same("Clearinghouse › executor", "Orders", () => c.clearinghouse.executor());
  same("Orders › CLEARINGHOUSE", "Clearinghouse", () => c.orders.CLEARINGHOUSE());
  same("Orders › VAULT", "Vault", () => c.orders.VAULT());
  same("Orders › ORACLE", "OracleRouter", () => c.orders.ORACLE());
  same("RiskSteward › CLEARINGHOUSE", "Clearinghouse", () => c.steward.CLEARINGHOUSE());
  report.expect("OracleRouter › GATE", addresses.SequencerGate ?? ZeroAddress, () => c.oracle.GATE());
  if (c.gate !== undefined) {
    const gate = c.gate;
    report.expect("SequencerGate › FEED", named.sequencerUptimeFeed, () => gate.FEED());
    report.expect("SequencerGate › GRACE", named.sequencerGraceSeconds, () => gate.GRACE());
  }
  if (c.pythSource !== undefined) {
    const source = c.pythSource;
    report.expect("PythSource › PYTH", named.pyth, () => source.PYTH());
  }
  for (const contract of [c.vault, c.pool, c.senior, c.junior, c.insurance, c.waterfall, c.clearinghouse]) {
    const name = report.show(contract.target);
    report.expect(`${name} › DEPLOYER`, deployer, () => contract.DEPLOYER());
  }
  for (const name of MANAGED.filter((managed) => managed in addresses)) {
    same(`${name} › authority`, "AccessManager", () => (c.oracle.attach(at(name)) as OracleRouter).authority());
  }
  checkLedgers(parameters);
}

/** Each module posts to its own ledgers; that the vault was wired with these modules and no more is in its one event. */
function checkLedgers({ report, provider, contracts: { vault }, addresses, fromBlock }: CheckWiringParameters): void {
  for (const [name, ledgers] of Object.entries(MASKS)) {
    report.expect(`Vault › ledgers of ${name}`, ledgers, async () =>
      ledgersIn(await vault.ledgersOf(addresses[name]!)),
    );
  }
  const modules = Object.keys(MASKS).map((name) => addresses[name]!);
  report.expect("Vault › modules", modules, async () => {
    const event = vault.interface.getEvent("ModulesWired");
    const logs = await logsOf(provider, addresses.Vault!, fromBlock, [event.topicHash]);
    return logs.flatMap(({ data, topics }) => [...vault.interface.decodeEventLog(event, data, topics).modules]);
  });
}

function ledgersIn(mask: bigint): string[] {
  return LEDGERS.filter((_, bit) => (mask >> BigInt(bit)) & 1n);
}
