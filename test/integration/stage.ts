import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import type { Result } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";
import type { SystemParameters } from "../../scripts/shared/deploySystem.ts";
import { type MarketParams, PLAIN_MARKET, PLAIN_RISK, WAD, World, wad } from "../../scripts/shared/world.ts";
import { RiskConfig__factory } from "../../typechain-types/index.ts";

/** Fees, funding, impact, bonds and volatility as one would list a real market. */
export const REAL_MARKET: MarketParams = {
  ...PLAIN_MARKET,
  skewScaleBase: wad(100_000),
  maxPositionBase: wad(100),
  feeBps: 5,
  maxFundingBps: 100,
  volFactorBps: 10_000,
};

/** Where `RiskConfig_OutOfBounds` is declared. */
export const riskConfig = { interface: RiskConfig__factory.createInterface() };

export type Stage = Awaited<ReturnType<typeof plainStage>>;

/** The actors of every test; the first two govern and collect treasury fees. */
export async function actors(connection: NetworkConnection) {
  const signers = (await connection.ethers.getSigners()) as HardhatEthersSigner[];
  const [governor, treasury, lp, staker, alice, bob, carol, dave, keeper, stranger] = signers as [
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
  ];
  return { governor, treasury, lp, staker, alice, bob, carol, dave, keeper, stranger };
}

/** Deployed and wired, nothing in it. */
export async function emptyStage(
  connection: NetworkConnection,
  overrides: Partial<SystemParameters> = { risk: PLAIN_RISK as SystemParameters["risk"] },
  isTwoStep = false,
) {
  const parameters = { maxDrawPerDayBps: 10_000, minTranche: 0n, ...overrides };
  const world = await World.deploy(connection, parameters, isTwoStep);
  return { world, ...world.system, ...(await actors(connection)) };
}

/**
 * The setting of the worked numbers: insurance 50,000, junior 100,000, senior 400,000, one market at 100,000 without
 * fees, funding, impact and bonds.
 */
export async function plainStage(connection: NetworkConnection) {
  const stage = await emptyStage(connection);
  await stage.world.seed(stage.staker, { insurance: wad(50_000) });
  await stage.world.seed(stage.lp, { senior: wad(400_000), junior: wad(100_000) });
  const btc = await stage.world.listMarket(PLAIN_MARKET, wad(100_000));
  return { ...stage, btc };
}

/** The same money behind the default risk parameters and a market that charges for everything. */
export async function realStage(connection: NetworkConnection) {
  const stage = await emptyStage(connection, {});
  await stage.world.seed(stage.staker, { insurance: wad(50_000) });
  await stage.world.seed(stage.lp, { senior: wad(400_000), junior: wad(100_000) });
  const btc = await stage.world.listMarket(REAL_MARKET, wad(100_000));
  return { ...stage, btc };
}

/** A struct of a view as a plain object: what ethers returns does not spread. */
export function fields<T extends object>(struct: T): T {
  return (struct as unknown as Result).toObject() as T;
}

/** The third row of the worked numbers: E = 209,995 with T = 400,000, Bob still short 10. */
export async function belowPrincipal(connection: NetworkConnection) {
  const stage = await plainStage(connection);
  const { world, clearinghouse, alice, bob, btc } = stage;
  const long = await world.fund(alice, wad(60_000));
  const short = await world.fund(bob, wad(60_000));
  await world.trade(alice, long, btc, wad(10));
  await world.trade(bob, short, btc, wad(-10));
  await world.setPrice(btc, wad(60_000));
  await clearinghouse.liquidate(long);
  return { ...stage, short };
}

export type Totals = Record<"forgone" | "insurance" | "junior" | "senior" | "adl" | "residual", bigint>;

/** What all incidents so far cost each layer. */
export async function layerTotals({ waterfall }: Pick<Stage, "waterfall">): Promise<Totals> {
  const totals: Totals = { forgone: 0n, insurance: 0n, junior: 0n, senior: 0n, adl: 0n, residual: 0n };
  const count = await waterfall.incidentCount();
  for (let id = 1n; id <= count; id++) {
    const incident = await waterfall.incident(id);
    for (const layer of Object.keys(totals) as (keyof Totals)[]) totals[layer] += incident[layer];
  }
  return totals;
}

/** Everything a trader could be robbed of: margin, what it is owed, and what its positions are worth at these prices. */
export async function wealth({ clearinghouse }: Pick<Stage, "clearinghouse">, account: bigint): Promise<bigint> {
  const { openMarkets } = await clearinghouse.account(account);
  let bonds = 0n;
  for (let market = 0n; market < 32n; market++) {
    if (((openMarkets >> market) & 1n) === 0n) continue;
    bonds += (await clearinghouse.position(account, market)).bondCents * (WAD / 100n);
  }
  return (await clearinghouse.health(account)).equity + bonds;
}
