import { InputError } from "../shared/inputError.ts";
import { chooseRpc, type Problem } from "./chain/chooseRpc.ts";
import { RetryableError } from "./chain/errors.ts";
import type { Head, Rpc } from "./chain/rpc.ts";
import { scan } from "./chain/scan.ts";
import type { Keeper } from "./keeper.ts";
import { observe } from "./observe/observe.ts";
import { plan } from "./plan/plan.ts";
import type { Action, Observation, Plan } from "./plan/types.ts";
import { type ExecuteParameters, execute } from "./send/execute.ts";
import { settleOutbox } from "./send/settleOutbox.ts";

export type TickReturnType = {
  /** Transactions that were sent: look again soon. */
  sent: number;
  /** Undefined: nothing could be decided. */
  result?: { plan: Plan; observation: Observation };
};

const DAY_MS = 86_400_000;
const KINDS: Problem["kind"][] = ["down", "behind", "forked", "split"];

/** One look at the chain, and what follows from it. */
export async function tick(keeper: Keeper): Promise<TickReturnType> {
  const { config, state, metrics, conditions, book } = keeper;
  const started = performance.now();
  const ms = (): number => Math.round(performance.now() - started);
  const choice = await chooseRpc({ rpcs: keeper.rpcs, maxLag: config.maxLag, reorgDepth: config.reorgDepth });
  if (choice === undefined) throw new RetryableError("no RPC answers");
  notice(keeper, choice.problems);
  metrics.halted.set(choice.isTrusted ? 0 : 1);
  if (!choice.isTrusted) return { sent: 0 };

  const { rpc, head } = choice;
  metrics.headBlock.set(head.number);
  metrics.headAge.set(Math.max(0, Date.now() / 1_000 - head.timestamp));
  if (await isOld(keeper, rpc, head)) {
    conditions.begin("old", "warn", "the RPC is behind what was seen already: nothing is decided by it", {
      head: head.number,
      seen: state.scannedTo,
    });
    return { sent: 0 };
  }
  conditions.end("old");
  const choseMs = ms();
  await follow(keeper, rpc, head);
  const scannedMs = ms();
  await settleOutbox(keeper, rpc, head);
  const settledMs = ms();

  const system = await keeper.systemOf(rpc);
  const observation = await observe(keeper, rpc, system, head);
  const observedMs = ms();
  noticePrice(keeper, observation);
  const planned = plan(state, observation, { ...config, isAltruistic: config.altruistic });
  dropOldTargets(keeper, observation);
  metrics.liquidatable.set(observation.healths.filter(({ isLiquidatable }) => isLiquidatable).length);
  for (const { key, why } of planned.skipped) keeper.log.trace({ target: key, why }, "left out");
  const sent = config.dryRun ? 0 : await act(keeper, planned.actions, { rpc, head, system, observation });
  updateGauges(keeper);
  if (!config.dryRun) await keeper.save();
  metrics.lastTick.set(Date.now() / 1_000);
  keeper.log.debug(
    { head: head.number, planned: planned.actions.length, sent, choseMs, scannedMs, settledMs, observedMs, ms: ms() },
    "looked",
  );
  return { sent, result: { plan: planned, observation } };

  /** Reads new blocks; says so when the chain changed its mind. */
  async function follow(keeper: Keeper, rpc: Rpc, head: Head): Promise<void> {
    const onPage = async (): Promise<void> => {
      keeper.log.debug({ to: state.scannedTo, head: head.number }, "scanning");
      if (!config.dryRun) await keeper.save();
    };
    await scan({ rpc, book, state, head, depth: config.reorgDepth, onPage, onReorg });
    conditions.end("finality");
  }

  function onReorg(undone: number, isFromScratch: boolean): boolean {
    if (isFromScratch && !conditions.names().includes("finality")) {
      // One wrong answer must not cost everything that was read: the same has to be found twice.
      conditions.begin("finality", "error", "no remembered block is in the chain: a re-org below finality", { undone });
      return false;
    }
    metrics.reorgs.inc();
    metrics.undone.inc(undone);
    if (isFromScratch) keeper.log.error({ undone }, "re-org below finality: everything is read anew");
    else keeper.log.warn({ undone, head: head.number }, "re-org");
    return true;
  }
}

/** A head below what was scanned, of the same history: an answer of the past. Of another history it is a re-org. */
async function isOld({ state }: Keeper, rpc: Rpc, head: Head): Promise<boolean> {
  if (head.number >= state.scannedTo) return false;
  const known = state.blocks.find(({ number }) => number === head.number);
  if (known !== undefined) return known.hash === head.hash;
  // Below all that is remembered only the first block tells one chain from another.
  const first = await rpc.headAt(0);
  if (first === undefined || first.hash === state.binding.genesis) return true;
  throw new InputError(
    "the chain has another first block than before: the node was started anew; start the keeper again",
  );
}

/** Says what begins and what ends, once each. */
function notice({ rpcs, conditions, metrics }: Keeper, problems: Problem[]): void {
  for (const rpc of rpcs) {
    metrics.rpcUp.set({ rpc: rpc.name }, problems.some((one) => one.rpc === rpc && one.kind === "down") ? 0 : 1);
    for (const kind of KINDS) {
      const problem = problems.find((one) => one.rpc === rpc && one.kind === kind);
      metrics.rpcProblem.set({ rpc: rpc.name, problem: kind }, problem === undefined ? 0 : 1);
      const name = `rpc:${rpc.name}:${kind}`;
      if (problem === undefined) conditions.end(name);
      else if (kind === "split") {
        conditions.begin(name, "error", `RPCs show two histories: nothing is sent (${rpc.name}: ${problem.detail})`);
      } else conditions.begin(name, "warn", `${rpc.name} RPC ${problem.detail}`, { origin: rpc.origin });
    }
  }
}

/** What no longer is there to be done needs no back-off; so the file does not grow for ever. */
function dropOldTargets({ state }: Keeper, { healths, orders, due, nowMs }: Observation): void {
  const below = new Set(
    healths.filter(({ isLiquidatable }) => isLiquidatable).map(({ account }) => `liquidate:${account}`),
  );
  for (const key of Object.keys(state.targets)) {
    const [kind, id] = key.split(":");
    const isThere =
      kind === "liquidate"
        ? below.has(key)
        : kind === "order"
          ? id! in state.orders || orders.some((order) => `order:${order.id}` === key)
          : due.some((one) => one.kind === kind);
    // Kept for a day: a price that goes up and down must not make old news of it again.
    if (!isThere && nowMs > state.targets[key]!.until + DAY_MS) delete state.targets[key];
  }
}

/** Without one only what need not pay is done. */
function noticePrice({ config, conditions }: Keeper, { etherUsd }: Observation): void {
  const message = `no price of ether (--ether-usd ${config.etherUsd}): profit cannot be judged and nothing is sent; give a number, or --altruistic`;
  if (etherUsd === undefined && !config.altruistic) conditions.begin("ether-price", "warn", message);
  else conditions.end("ether-price");
}

/** Sends what is planned, as far as the account can pay for it. */
async function act(keeper: Keeper, actions: Action[], parameters: Omit<ExecuteParameters, "balance">): Promise<number> {
  const { sender, metrics, conditions } = keeper;
  if (sender === undefined) return 0;
  const { address } = sender;
  const balance = await parameters.rpc.provider.getBalance(address);
  const ether = Number(balance) / 1e18;
  metrics.balance.set(ether);
  const { sent, isShort } = await execute(keeper, actions, { ...parameters, balance });
  if (isShort || (balance === 0n && parameters.observation.gasPrice > 0n)) {
    const message = "the account has too little ether for gas: what it cannot pay for is left out; fund it";
    conditions.begin("ether", "error", message, { address, ether });
  } else conditions.end("ether");
  return sent;
}

function updateGauges({ state, metrics }: Keeper): void {
  metrics.accounts.set(Object.keys(state.accounts).length);
  metrics.orders.set(Object.keys(state.orders).length);
  metrics.poisoned.set(Object.values(state.targets).filter(({ until }) => until > Date.now()).length);
  metrics.pending.set(state.outbox.filter(({ mined }) => mined === undefined).length);
}
