import type { Provider } from "ethers";
import type { ModuleParameters } from "../shared/parameters.ts";
import type { Contracts } from "./contracts.ts";
import { logsOf } from "./logs.ts";
import type { Report } from "./report.ts";

/** `MarketState` of `contracts/types/Market.sol`. */
const STATES = ["open", "reduce-only", "halted", "settled"];

const POOL_PARAMETERS = ["seniorFloorBps", "seniorWeightBps", "juniorWeightBps", "minTranche"] as const;

export type CheckParametersParameters = {
  report: Report;
  provider: Provider;
  contracts: Contracts;
  parameters: ModuleParameters;
  fromBlock: number;
};

/** The parameters of markets, by name, in the order of their ids: whatever has a skew scale. */
export function marketsIn(parameters: ModuleParameters): [name: string, params: Record<string, unknown>][] {
  return Object.entries(parameters).filter(
    (entry): entry is [string, Record<string, unknown>] =>
      typeof entry[1] === "object" && entry[1] !== null && "skewScaleBase" in entry[1],
  );
}

/** Every parameter that somebody may change: is it still what the file says? */
export function checkParameters({
  report,
  provider,
  contracts,
  parameters,
  fromBlock,
}: CheckParametersParameters): void {
  const { clearinghouse, insurance, orders, pool } = contracts;
  const once = <T>(read: () => Promise<T>): (() => Promise<T>) => {
    let promise: Promise<T> | undefined;
    return () => (promise ??= read());
  };

  const risk = once(async () => (await clearinghouse.riskParams()) as unknown as Record<string, unknown>);
  for (const [name, value] of Object.entries(parameters.risk as Record<string, unknown>)) {
    report.expect(`risk › ${name}`, value, async () => (await risk())[name]);
  }
  // The pool keeps these to itself; its latest event tells.
  const poolParameters = once(async () => {
    const event = pool.interface.getEvent("PoolParamsSet");
    const last = (await logsOf(provider, String(pool.target), fromBlock, [event.topicHash])).at(-1);
    if (last === undefined) throw new Error("the pool has no PoolParamsSet event");
    return pool.interface.decodeEventLog(event, last.data, last.topics);
  });
  for (const name of POOL_PARAMETERS) {
    report.expect(`pool › ${name}`, parameters[name], async () => (await poolParameters())[name]);
  }
  report.expect("insurance › maxDrawPerDayBps", parameters.maxDrawPerDayBps, () => insurance.maxDrawPerDayBps());
  report.expect("orders › MIN_DELAY", parameters.minOrderDelaySeconds, () => orders.MIN_DELAY());
  report.expect("orders › keeperFee", parameters.keeperFee, () => orders.keeperFee());

  const markets = marketsIn(parameters);
  report.expect("markets", markets.length, () => clearinghouse.marketCount());
  markets.forEach(([market, params], id) => {
    const read = once(() => clearinghouse.market(id));
    report.expect(`${market} › state`, "open", async () => STATES[Number((await read()).state)]);
    report.expect(`${market} › restricted by a guardian`, "no", async () => {
      const { restrictedUntil } = await read();
      const { timestamp } = (await provider.getBlock("latest"))!;
      return restrictedUntil > BigInt(timestamp) ? `until ${iso(restrictedUntil)}` : "no";
    });
    for (const [name, value] of Object.entries(params)) {
      report.expect(`${market} › ${name}`, value, async () => {
        const { params: found } = await read();
        return (found as unknown as Record<string, unknown>)[name];
      });
    }
  });
}

export const iso = (seconds: bigint | number): string => new Date(Number(seconds) * 1000).toISOString();
