import hre from "hardhat";
import { wad } from "../../shared/world.ts";
import { audit } from "./audit.ts";
import { ChainDesk } from "./chainDesk.ts";
import { chainOptions, idleId, type Stage, setStage } from "./exchange.ts";
import { type Plan, planReplay } from "./plan.ts";
import type { ReplayOptions, ReplayResult } from "./result.ts";
import { type Calendar, calendarOf, marketParams } from "./setting.ts";
import { conservationOf, type Groups, groupsOf, tradersOneByOne } from "./value.ts";
import { Walk } from "./walk.ts";

/** Boots a chain, deploys, seeds, opens the book and walks along the series. */
export async function replay(options: ReplayOptions): Promise<ReplayResult> {
  const started = performance.now();
  options.onProgress?.(0, "deploying");
  const { series } = options;
  const plan = planReplay(options);
  const calendar = calendarOf(series, plan.rounds.length);
  const connection = await hre.network.create({ override: chainOptions(calendar) as never });
  try {
    const params = marketParams(plan, series.bars[0]!.price, calendar.window, options.oiToCapital);
    const stage = await setStage(connection, plan, calendar, params, wad(series.bars[0]!.price));
    await connection.provider.request({ method: "evm_setAutomine", params: [false] });
    const desk = new ChainDesk(stage, calendar, plan.traders.length);
    const walk = new Walk(options, plan, calendar, desk);
    await walk.openBook();
    const before = { groups: await groupsOf(stage), idle: await idleMargins(stage, plan) };
    await walk.walk();
    return await finish({ options, plan, calendar, stage, desk, before }, started);
  } finally {
    await connection.close();
  }
}

type Run = {
  options: ReplayOptions;
  plan: Plan;
  calendar: Calendar;
  stage: Stage;
  desk: ChainDesk;
  before: { groups: Groups; idle: bigint[] };
};

async function finish(run: Run, started: number): Promise<ReplayResult> {
  const { options, plan, calendar, stage, desk, before } = run;
  const { series } = options;
  const last = series.bars.at(-1)!;
  const { record } = desk;
  const after = await groupsOf(stage);
  const conservation = await conservationOf(stage);
  const idle = { before: before.idle, after: await idleMargins(stage, plan) };
  const time = last.time + calendar.shift;
  const oneByOne = await tradersOneByOne(stage, desk.book, idle.after, time);
  const claims = await desk.collectClaims(time);
  record.problems.push(...audit({ after, oneByOne, conservation, idle }));
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
    residualCovered: record.residualCovered,
    adl: record.adl,
    waves: record.waves,
    claims,
    before: before.groups,
    after,
    conservation,
    idle,
    problems: record.problems,
    seconds: (performance.now() - started) / 1_000,
  };
}

async function idleMargins(stage: Stage, plan: Plan): Promise<bigint[]> {
  const { clearinghouse } = stage.world.system;
  const margins: bigint[] = [];
  for (const index of plan.idle.keys()) margins.push((await clearinghouse.account(idleId(stage, index))).margin);
  return margins;
}
