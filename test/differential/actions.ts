import { type Action, Crowd } from "./crowd.ts";

const WEIGHTS: Record<string, number> = {
  trade: 26,
  reduce: 12,
  flip: 3,
  deposit: 8,
  withdraw: 5,
  transfer: 4,
  settle: 9,
  mark: 3,
  markAll: 4,
  liquidate: 14,
  epoch: 5,
  fund: 3,
  request: 4,
  claim: 3,
  payDebts: 1,
  deleverage: 2,
  replay: 3,
  claimLoss: 3,
  recover: 2,
  reset: 2,
  market: 2,
  risk: 1,
  state: 1,
};
const NAMES = Object.entries(WEIGHTS).flatMap(([name, weight]) => Array.from({ length: weight }, () => name));
const WAD = 10n ** 18n;

/** Draws actions that make sense often and none too often. */
export class Drawer extends Crowd {
  /** Prices move between actions, sometimes by a gap; feeds die and come back. */
  async moveWorld(): Promise<void> {
    const random = this.random;
    const { prices } = this.pair.exchange.state;
    if (random(10) < 6) return;
    const dead = prices.indexOf(null);
    const id = dead >= 0 && random(3) === 0 ? dead : random(prices.length);
    const isGap = random(this.regime.gapEvery) === 0;
    const wide = isGap ? this.regime.gapBps : 120;
    const start = this.regime.markets[id]?.price ?? WAD;
    let price = this.prices[id] as bigint;
    price = (price * BigInt(10_000 - wide + random(2 * wide + 1))) / 10_000n + BigInt(random(1_000_000));
    // Prices come back to where positions of a sensible size exist.
    if (price * 4n < start || price > start * 4n) price = start + BigInt(random(1_000));
    this.prices[id] = price;
    const wasDead = prices[id] === null;
    const isDead = wasDead ? random(3) === 0 : random(40) === 0;
    await this.pair.setPrice(id, price, isDead);
    // Troubles come together: a feed dies in the gap of another market.
    const other = random(prices.length);
    if (isGap && dead < 0 && other !== id && random(3) === 0) {
      await this.pair.setPrice(other, this.prices[other] as bigint, true);
    }
  }

  draw(): Action {
    const random = this.random;
    let name = NAMES[random(NAMES.length)] as string;
    const isDue = this.unhealthy().length > 0;
    if (isDue && random(3) > 0) name = "liquidate";
    if (!isDue && name === "liquidate" && random(4) > 0) name = "trade";
    if (random(100) < this.regime.rescuePercent && this.isPoor())
      name = ["request", "epoch", "epoch", "reset"][random(4)] as string;
    if (this.isStale() && random(2) === 0) name = "markAll";
    if (random(100) < this.regime.deleveragePercent && this.deleveragable().length > 0) name = "deleverage";
    if (this.pair.exchange.state.markets.some(({ state }) => state !== "Open") && random(12) === 0) name = "state";
    const wait = BigInt(random(40) === 0 ? 1 + random(30_000) : random(4) === 0 ? 1 + random(400) : 1 + random(30));
    switch (name) {
      case "trade":
        return this.#open(wait);
      case "reduce":
      case "flip":
        return this.#close(name, wait);
      case "deposit": {
        const account = this.pick();
        // Now and then for an account without an owner.
        const target = random(25) === 0 ? 1n : account;
        const amount = random(20) === 0 ? 0n : BigInt(100_000_001 + random(4_000_000_000));
        return this.byOwner(name, wait, account, "deposit", [target, amount], [target], () =>
          this.pair.exchange.deposit(target, amount),
        );
      }
      case "withdraw": {
        const account = this.pick();
        const free = this.free(account) / 10n ** 12n;
        const amount =
          random(3) === 0 ? BigInt(random(4_000_000_000)) : (free * BigInt(random(101))) / 100n + BigInt(random(2));
        return this.byOwner(name, wait, account, "withdraw", [account, amount], [account], () =>
          this.pair.exchange.withdraw(account, amount),
        );
      }
      case "transfer": {
        const account = this.pick();
        const target = random(15) === 0 ? this.pick() : account ^ 1n;
        const amount = random(3) === 0 ? BigInt(random(2_000_000_000)) * 10n ** 12n + 7n : this.free(account) / 3n;
        return this.byOwner(name, wait, account, "transferMargin", [account, target, amount], [account, target], () =>
          this.pair.exchange.transferMargin(account, target, amount),
        );
      }
      case "settle": {
        const account = random(20) === 0 ? 1n : random(2) === 0 ? this.pick() : this.holder();
        return this.byKeeper(name, wait, "clearinghouse", "settle", [account], [account], () =>
          this.pair.exchange.settle(account),
        );
      }
      case "mark": {
        const id = this.market();
        return this.byKeeper(name, wait, "clearinghouse", "mark", [id], [], () => this.pair.exchange.mark(id));
      }
      case "liquidate": {
        const account = this.victim();
        return this.byKeeper(name, wait, "clearinghouse", "liquidate", [account], [account], () =>
          this.pair.exchange.liquidate(account),
        );
      }
      case "deleverage": {
        const due = this.deleveragable();
        const id = due.length > 0 && random(8) > 0 ? (due[random(due.length)] as number) : this.market();
        return this.byKeeper(name, wait, "clearinghouse", "deleverage", [id], [], () =>
          this.pair.exchange.deleverage(id),
        );
      }
      case "replay": {
        const [account, id] = this.misser();
        const most = random(3) === 0 ? 64 : 1 + random(3);
        return this.byKeeper(name, wait, "clearinghouse", "replay", [account, id, most], [account], () =>
          this.pair.exchange.replay(account, id, most),
        );
      }
      case "claimLoss": {
        const account = random(20) === 0 ? 1n : this.claimant();
        return this.byKeeper(name, wait, "clearinghouse", "claim", [account], [account], () =>
          this.pair.exchange.claim(account),
        );
      }
      case "recover": {
        const amount = random(12) === 0 ? 0n : BigInt(1 + random(2_000_000_000));
        return this.action(name, wait, this.pair.lp, "clearinghouse", "recover", [amount], [], () =>
          this.pair.exchange.recover(amount),
        );
      }
      case "payDebts":
      case "markAll":
        return this.byKeeper(name, wait, "clearinghouse", name, [], [], () => this.pair.exchange[name]());
      case "reset":
        return this.#reset(wait);
      case "epoch":
        return this.#epoch(wait);
      case "fund":
        return this.#fund(wait);
      case "request":
        return this.#request(wait);
      case "claim":
        return this.#claim(wait);
      default:
        return this.#govern(name, wait);
    }
  }

  // ------------------------------------------------------------------------------------------------------- trading

  #open(wait: bigint): Action {
    const random = this.random;
    const { exchange } = this.pair;
    let account = this.pick();
    for (let tries = 0; tries < 4 && this.free(account) < 50n * WAD; tries++) account = this.pick();
    const id = this.market();
    const price = this.prices[id] as bigint;
    const { long, short, params } = exchange.market(id);
    const bias = this.regime.longBias ?? (long.size > short.size ? 15 : 85);
    const isLong = random(100) < bias;
    const isWild = random(8) === 0;
    let notional = BigInt(300 + random(60_000)) * WAD;
    if (!isWild) {
      const most = (this.free(account) * 10_000n) / params.imrBps;
      notional = (most * BigInt(30 + random(66))) / 100n;
      if (notional < 410n * WAD) notional = 410n * WAD;
    }
    let size = (notional * WAD) / price + BigInt(random(1_000));
    const held = exchange.position(account, id)?.size ?? 0n;
    const room = params.maxPositionBase - (isLong ? held : -held);
    if (!isWild && size > room && room > 0n) size = room;
    return this.#trade("trade", wait, account, id, isLong ? size : -size);
  }

  #close(name: string, wait: bigint): Action {
    const random = this.random;
    const account = this.holder();
    const positions = [...(this.pair.exchange.state.accounts.get(account)?.positions ?? [])];
    const chosen = positions[random(positions.length)];
    if (chosen === undefined) return this.#open(wait);
    const [id, { size }] = chosen;
    if (name === "flip") return this.#trade(name, wait, account, id, -size - (size * BigInt(random(120))) / 100n);
    const value = ((size < 0n ? -size : size) * (this.prices[id] as bigint)) / WAD;
    const isFull = random(2) === 0 || (value < 900n * WAD && random(4) > 0);
    const part = isFull ? size : (size * BigInt(1 + random(60))) / 100n + BigInt(random(3));
    return this.#trade(name, wait, account, id, -part);
  }

  #trade(name: string, wait: bigint, account: bigint, id: number, delta: bigint): Action {
    const price = this.prices[id] as bigint;
    const isBuy = delta > 0n;
    const isStrict = this.random(12) === 0;
    const limit = isStrict ? price : isBuy ? 1n << 200n : 0n;
    // An order that has seen another price first, mostly a little off the present one.
    if (this.random(4) === 0) {
      const off = this.random(5) === 0 ? 2_000 : 100;
      const first = (price * BigInt(10_000 - off + this.random(2 * off + 1))) / 10_000n;
      return {
        name,
        wait,
        accounts: [account],
        from: this.ownerOf(account),
        to: "executor",
        call: "tradeAfter",
        args: [account, id, delta, limit, first],
        onModel: () => this.pair.exchange.trade(account, id, delta, limit, first),
      };
    }
    return {
      name,
      wait,
      accounts: [account],
      from: this.ownerOf(account),
      to: "executor",
      call: "trade",
      args: [account, id, delta, limit],
      onModel: () => this.pair.exchange.trade(account, id, delta, limit),
    };
  }

  // ------------------------------------------------------------------------------------------------ pool and fund

  /** The next step of an epoch, mostly when it is due. */
  #epoch(wait: bigint): Action {
    const { pool, lpEpochs } = this.pair.exchange.state;
    const isWaiting = pool.recordedEquity !== undefined;
    const due = isWaiting ? pool.recordedAt + 1_800n : this.#endOf(lpEpochs, pool.recordedEpochs);
    const [call, onModel] = isWaiting
      ? (["settleEpoch", () => this.pair.exchange.lpSettle()] as const)
      : (["recordEpoch", () => this.pair.exchange.lpRecord()] as const);
    const action = this.byKeeper("epoch", this.#until(due, wait), "pool", call, [], [], onModel);
    return { ...action, mints: isWaiting };
  }

  #reset(wait: bigint): Action {
    const { exchange } = this.pair;
    const { belowSince } = exchange.state.pool;
    const until = belowSince === undefined ? wait : this.#until(belowSince + 86_400n, wait);
    return this.byKeeper("reset", until, "pool", "reset", [], [], () => exchange.reset());
  }

  #fund(wait: bigint): Action {
    const { fund, insuranceEpochs } = this.pair.exchange.state;
    const isWaiting = fund.recordedAssets !== undefined;
    const due = isWaiting ? fund.recordedAt + 1_800n : this.#endOf(insuranceEpochs, fund.recordedEpochs);
    const [call, onModel] = isWaiting
      ? (["settleEpoch", () => this.pair.exchange.fundSettle()] as const)
      : (["recordEpoch", () => this.pair.exchange.fundRecord()] as const);
    const action = this.byKeeper("fund", this.#until(due, wait), "insurance", call, [], [], onModel);
    return { ...action, mints: isWaiting };
  }

  #endOf(epochs: { genesis: bigint; length: bigint } | undefined, recorded: bigint): bigint {
    return epochs === undefined ? 0n : epochs.genesis + (recorded + 1n) * epochs.length;
  }

  #until(due: bigint, wait: bigint): bigint {
    const left = due - this.pair.now;
    return left > wait && this.random(8) !== 0 ? left : wait;
  }

  #request(wait: bigint): Action {
    const random = this.random;
    const { exchange, lp, staker } = this.pair;
    const name = (["senior", "junior", "insurance"] as const)[random(3)] ?? "senior";
    const from = name === "insurance" ? staker : lp;
    const record = name === "insurance" ? exchange.state.insuranceShares : exchange.state.tranches[name];
    const inWallet = record.supply - record.sharesAsked;
    if (random(3) > 0 || inWallet === 0n) {
      const scale = name === "senior" ? this.regime.senior : name === "junior" ? this.regime.junior : 4_000;
      const amount = BigInt(random(scale)) * 1_000_000n + BigInt(1 + random(1_000_000));
      return this.action("request deposit", wait, from, name, "requestDeposit", [amount, from, from], [], () =>
        name === "insurance" ? exchange.fundRequestDeposit(amount) : exchange.lpRequestDeposit(name, amount),
      );
    }
    const shares = (inWallet * BigInt(1 + random(40))) / 100n;
    return this.action("request redeem", wait, from, name, "requestRedeem", [shares, from, from], [], () =>
      name === "insurance" ? exchange.fundRequestRedeem(shares) : exchange.lpRequestRedeem(name, shares),
    );
  }

  #claim(wait: bigint): Action {
    const { exchange, keeper, treasury } = this.pair;
    const who = (["keeper", "treasury"] as const)[this.random(2)] ?? "keeper";
    const from = who === "keeper" ? keeper : treasury;
    return this.action("claim", wait, from, "clearinghouse", "claimFees", [], [], () => exchange.claimFees(who));
  }

  // ----------------------------------------------------------------------------------------------------- governance

  #govern(name: string, wait: bigint): Action {
    const random = this.random;
    const { exchange, governor } = this.pair;
    let id = this.market();
    if (name === "state") {
      const shut = exchange.state.markets.findIndex(({ state }) => state !== "Open");
      if (shut >= 0) id = shut;
      const isOpen = exchange.market(id).state === "Open";
      const state = isOpen && random(2) === 0 ? "ReduceOnly" : "Open";
      const args = [id, state === "Open" ? 0 : 1];
      return this.action(name, wait, governor, "clearinghouse", "setMarketState", args, [], () =>
        exchange.setMarketState(id, state),
      );
    }
    if (name === "market") {
      const old = exchange.market(id).params;
      const params = {
        ...old,
        feeBps: BigInt(random(30)),
        maxFundingBps: BigInt(random(1_001)),
        volFactorBps: BigInt(random(3) === 0 ? 0 : random(20_000)),
        slopeBpsPerMillion: BigInt(random(900)),
        keeperWindow: random(3) === 0 ? BigInt(15 + random(200)) : old.keeperWindow,
        imrBps: BigInt(500 + random(600)),
      };
      return this.action(name, wait, governor, "clearinghouse", "setMarketParams", [id, params], [], () =>
        exchange.setMarketParams(id, params),
      );
    }
    const risk = {
      ...exchange.state.risk,
      keeperFloorCents: BigInt(random(500)),
      targetHealthBps: BigInt(11_000 + random(20_000)),
      insuranceFeeMaxBps: BigInt(500 + random(5_000)),
      keeperShareBps: BigInt(random(6_000)),
      penaltyBps: BigInt(random(75)),
    };
    const onChain = { ...risk, keeperFloorCapCents: 500n };
    return this.action("risk", wait, governor, "clearinghouse", "setRiskParams", [onChain], [], () =>
      exchange.setRiskParams(risk),
    );
  }
}
