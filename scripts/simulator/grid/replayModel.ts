import { readParameters } from "../../shared/deploySystem.ts";
import { wad } from "../../shared/world.ts";
import { Exchange, type RiskParams } from "../model/index.ts";
import { planReplay } from "../replay/plan.ts";
import type { LpValue, ReplayOptions, RunResult } from "../replay/result.ts";
import { calendarOf, marketParams, modelParams, SEEDING, SETTLE_DELAY } from "../replay/setting.ts";
import { Walk } from "../replay/walk.ts";
import { ModelDesk } from "./modelDesk.ts";

/** What `replay` does on a chain, in the model: the same plan, the same decisions at the same times, many times as fast. */
export async function replayModel(options: ReplayOptions): Promise<RunResult> {
  const { series } = options;
  const plan = planReplay(options);
  const calendar = calendarOf(series, plan.rounds.length);
  const parameters = await readParameters();
  const { keeperFloorCapCents: _, ...risk } = parameters.risk;
  const params = modelParams(marketParams(plan, series.bars[0]!.price, calendar.window, options.oiToCapital));
  const epochs = (length: number) => ({ genesis: BigInt(calendar.genesis), length: BigInt(length) });
  const exchange = new Exchange({
    risk: Object.fromEntries(Object.entries(risk).map(([name, value]) => [name, BigInt(value)])) as never as RiskParams,
    pool: {
      seniorFloorBps: BigInt(parameters.seniorFloorBps),
      seniorWeightBps: BigInt(parameters.seniorWeightBps),
      juniorWeightBps: BigInt(parameters.juniorWeightBps),
      minTranche: parameters.minTranche,
    },
    maxDrawPerDayBps: BigInt(parameters.maxDrawPerDayBps),
    scale: 10n ** BigInt(18 - parameters.tokenDecimals),
    virtualShares: 10n ** 6n,
    now: BigInt(calendar.genesis),
    lpEpochs: epochs(parameters.lpEpochSeconds),
    insuranceEpochs: epochs(parameters.insuranceEpochSeconds),
  });
  const market = exchange.listMarket(params);
  exchange.setPrice(market, wad(series.bars[0]!.price));
  seed(exchange, plan.capital);

  const desk = new ModelDesk(exchange, calendar, parameters.lpEpochSeconds, params, plan.traders.length);
  const walk = new Walk(options, plan, calendar, desk);
  await walk.openBook();
  const before = lpValueOf(exchange);
  await walk.walk();
  const { record } = desk;
  const residual = record.totals().residual;
  return {
    series,
    options,
    plan,
    steps: desk.step,
    trades: record.trades,
    refused: record.refused,
    liquidations: record.liquidations,
    partial: record.partial,
    closedNotional: record.closedNotional,
    liquidated: record.liquidated,
    incidents: record.incidents,
    totals: record.totals(),
    residualCovered: residual - exchange.residual(),
    waves: record.waves,
    before,
    after: lpValueOf(exchange),
    problems: record.problems,
  };
}

/** As on the chain: requests in epoch 0, by two LPs a tranche, settled after two weeks. */
function seed(
  exchange: Exchange,
  { senior, junior, insurance }: { senior: number; junior: number; insurance: number },
) {
  const { scale } = exchange.state;
  const native = (usd: number) => wad(usd.toFixed(2)) / scale;
  for (const part of [0.7, 0.3]) exchange.lpRequestDeposit("senior", native(senior * part));
  for (const part of [0.6, 0.4]) exchange.lpRequestDeposit("junior", native(junior * part));
  if (insurance > 0) exchange.fundRequestDeposit(native(insurance));
  exchange.advance(BigInt(SEEDING + 60));
  exchange.lpRecord();
  exchange.fundRecord();
  exchange.advance(BigInt(60 + SETTLE_DELAY));
  exchange.lpSettle();
  exchange.fundSettle();
}

function lpValueOf(exchange: Exchange): LpValue {
  const { senior, junior } = exchange.navs();
  const { lpClaims } = exchange.state;
  return { junior: junior + lpClaims.junior.repaid, senior: senior + lpClaims.senior.repaid };
}
