import { LEDGERS } from "../../scripts/shared/world.ts";
import { type Exchange, type Market, ModelError } from "../../scripts/simulator/model/index.ts";
import type { Pair } from "./pair.ts";
import type { Answer, Read } from "./reader.ts";

export const LAYERS = ["forgone", "insurance", "junior", "senior", "adl", "residual"] as const;
const STATES = ["Open", "ReduceOnly", "Halted", "Settled"];
const SIDES = ["sizeBase", "cost"] as const;
const SUMS = ["fundingWeightLong", "fundingWeightShort", "settledLong", "settledShort"] as const;
const MARKET_FIELDS = [
  "fundingIndex",
  "touchedAt",
  "state",
  "mark",
  "lastPrice",
  "realised",
  "base",
  "baseCandidate",
  "deadSince",
] as const;
const HEALTH = ["equity", "initialMargin", "maintenanceMargin", "notional", "withdrawable"] as const;
const POSITION = ["size", "cost", "mmBps", "fundingEntry", "settled", "bondCents", "bucket", "eventCursor"] as const;
const ROUND = ["contributed", "need", "weight", "hour", "rewarded"] as const;

/** What one side says, by name. */
export type Facts = Record<string, unknown>;

const text = (value: unknown): string => (Array.isArray(value) ? value.map(String).join("; ") : String(value));

/** Only what differs, part by part. */
export function diff(chain: Facts, model: Facts): string[] {
  const found: string[] = [];
  for (const name of new Set([...Object.keys(chain), ...Object.keys(model)])) {
    const [has, wants] = [chain[name], model[name]];
    if (text(has) === text(wants)) continue;
    if (Array.isArray(has) && Array.isArray(wants)) {
      for (const [index, part] of has.entries()) {
        if (String(part) !== String(wants[index])) found.push(`${name}: chain ${part}, model ${wants[index]}`);
      }
    } else {
      found.push(`${name}: chain ${text(has)}, model ${text(wants)}`);
    }
  }
  return found;
}

/** Where the two differ, in words; empty: nowhere. */
export async function differences(pair: Pair, accounts: readonly bigint[]): Promise<string[]> {
  const reads: Read[] = [];
  const takers: ((answers: Answer[]) => void)[] = [];
  const facts: Facts = {};
  plan(pair, accounts, (name, read, take) => {
    const index = reads.push(read) - 1;
    takers.push((answers) => {
      facts[name] = answers[index] === undefined ? "reverts" : take(answers[index]);
    });
  });
  const answers = await pair.chain.readAll(reads);
  for (const take of takers) take(answers);
  return diff(facts, modelFacts(pair.exchange, accounts));
}

/** What is read of the chain, by name. */
function plan(
  pair: Pair,
  accounts: readonly bigint[],
  add: (name: string, read: Read, take: (answer: Answer) => unknown) => void,
): void {
  const { chain, exchange } = pair;
  const same = (answer: Answer): unknown => answer;
  add("ledgers", chain.read("vault", "balances"), (all) => LEDGERS.map((name, i) => `${name} ${all[i]}`));
  add("held", chain.read("vault", "held"), same);
  for (const name of [
    "equity",
    "backing",
    "principal",
    "floor",
    "unpaid",
    "openNotional",
    "exitValue",
    "freeCapital",
  ]) {
    add(name, chain.read("pool", name), same);
  }
  add("markTotal", chain.read("pool", "markTotal"), same);
  add("debts", chain.read("clearinghouse", "debts"), (all) => [...all]);
  add("claims of traders", chain.read("clearinghouse", "traderClaims"), (all) => [...all]);
  add("claims of LPs", chain.read("pool", "claims"), (all) => [...all]);
  add("round", chain.read("clearinghouse", "round"), (round) => ROUND.map((field) => `${field} ${round[field]}`));
  add("residual", chain.read("waterfall", "residual"), same);
  const incidents = exchange.incidents().length;
  add("incidents", chain.read("waterfall", "incidentCount"), same);
  if (incidents > 0) {
    add("last incident", chain.read("waterfall", "incident", incidents), (incident) =>
      LAYERS.map((layer) => `${layer} ${incident[layer]}`),
    );
  }
  for (const beneficiary of ["keeper", "treasury"] as const) {
    add(`fees of ${beneficiary}`, chain.read("clearinghouse", "feesOf", pair[beneficiary]), same);
  }
  for (const name of ["senior", "junior", "insurance"] as const) {
    add(`${name} shares`, chain.read(name, "totalSupply"), same);
  }
  for (const { id } of exchange.state.markets) {
    add(`market ${id}`, chain.read("clearinghouse", "market", id), (market) => [
      ...SIDES.map((field) => `long ${field} ${market.long[field]}, short ${field} ${market.short[field]}`),
      ...[...SUMS, ...MARKET_FIELDS].map((field) => `${field} ${market[field]}`),
    ]);
  }
  for (const account of accounts) {
    const of = `of ${account.toString(16)}`;
    add(`margin ${of}`, chain.read("clearinghouse", "account", account), ({ margin }) => margin);
    add(`debts ${of}`, chain.read("clearinghouse", "debtsTo", account), (all) => [...all]);
    add(`claims ${of}`, chain.read("clearinghouse", "claimsOf", account), (all) => [...all]);
    add(`health ${of}`, chain.read("clearinghouse", "health", account), (health) =>
      HEALTH.map((field) => `${field} ${health[field]}`),
    );
    for (const { id } of exchange.state.markets) {
      add(`position ${id} ${of}`, chain.read("clearinghouse", "position", account, id), (position) =>
        POSITION.map((field) => `${field} ${position[field]}`),
      );
    }
  }
}

function sumOf({ long, short }: Market, field: (typeof SUMS)[number]): bigint {
  const side = field.endsWith("Long") ? long : short;
  return field.startsWith("settled") ? side.settled : side.weight;
}

/** The same of the model. */
function modelFacts(exchange: Exchange, accounts: readonly bigint[]): Facts {
  const { state } = exchange;
  const ledgers = exchange.ledgers();
  const facts: Facts = {
    ledgers: LEDGERS.map((name) => `${name} ${ledgers[name]}`),
    held: Object.values(ledgers).reduce((sum, amount) => sum + amount, 0n),
    equity: exchange.equity(),
    backing: state.backing,
    principal: exchange.principal(),
    floor: exchange.floor(),
    unpaid: state.unpaid,
    openNotional: state.pool.openNotional,
    exitValue: exchange.exitValue(),
    freeCapital: exchange.freeCapital(),
    markTotal: state.pool.markTotal,
    debts: state.debts.map(({ outstanding }) => outstanding),
    "claims of traders": [state.losses.book.outstanding, state.losses.lost, state.losses.repaid],
    "claims of LPs": [state.lpClaims.senior.outstanding, state.lpClaims.junior.outstanding],
    round: ROUND.map((field) => `${field} ${state.round[field]}`),
    residual: exchange.residual(),
    incidents: BigInt(exchange.incidents().length),
    "fees of keeper": exchange.feesOf("keeper"),
    "fees of treasury": exchange.feesOf("treasury"),
    "senior shares": state.tranches.senior.supply,
    "junior shares": state.tranches.junior.supply,
    "insurance shares": state.insuranceShares.supply,
  };
  const last = exchange.incidents().at(-1);
  if (last !== undefined) facts["last incident"] = LAYERS.map((layer) => `${layer} ${last[layer]}`);
  for (const market of state.markets) {
    facts[`market ${market.id}`] = [
      `long sizeBase ${market.long.size}, short sizeBase ${market.short.size}`,
      `long cost ${market.long.cost}, short cost ${market.short.cost}`,
      ...SUMS.map((field) => `${field} ${sumOf(market, field)}`),
      ...MARKET_FIELDS.map((field) => `${field} ${field === "state" ? STATES.indexOf(market.state) : market[field]}`),
    ];
  }
  for (const account of accounts) {
    const of = `of ${account.toString(16)}`;
    facts[`margin ${of}`] = exchange.margin(account);
    const { collectable, outstanding } = exchange.debtsTo(account);
    facts[`debts ${of}`] = [collectable, outstanding];
    const claims = exchange.claimsOf(account);
    facts[`claims ${of}`] = [claims.claimable, claims.outstanding];
    facts[`health ${of}`] = healthFact(exchange, account);
    for (const { id } of state.markets) {
      const position = exchange.position(account, id);
      facts[`position ${id} ${of}`] = POSITION.map((field) => `${field} ${position?.[field] ?? 0n}`);
    }
  }
  return facts;
}

function healthFact(exchange: Exchange, account: bigint): unknown {
  try {
    const health = exchange.health(account);
    return HEALTH.map((field) => `${field} ${health[field]}`);
  } catch (error) {
    if (error instanceof ModelError) return "reverts";
    throw error;
  }
}
