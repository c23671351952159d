/** Everything the model remembers, and the journal that undoes an operation that fails. */
import { NO_STAKE, newClass } from "./debts.ts";
import { markAt } from "./market.ts";
import { clamp, divDown, pos } from "./math.ts";
import {
  type Account,
  type DebtClass,
  type Epochs,
  type Fund,
  type Incident,
  LEDGERS,
  type LedgerName,
  type Ledgers,
  type LpClaims,
  type Market,
  ModelError,
  type Pool,
  type PoolParams,
  type Position,
  type RiskParams,
  type Round,
  type Shares,
  type TraderLosses,
  type TrancheName,
} from "./types.ts";
import { navsAt } from "./waterfall.ts";

export interface Options {
  risk: RiskParams;
  pool: PoolParams;
  maxDrawPerDayBps: bigint;
  /** USD WAD per smallest token unit. */
  scale: bigint;
  /** Shares that exist from the start and belong to nobody. */
  virtualShares: bigint;
  now: bigint;
  /** Without epochs whatever was asked is due at the next settlement, as soon as it is recorded. */
  lpEpochs?: Epochs;
  insuranceEpochs?: Epochs;
}

/** Beneficiary of the treasury share of fees; keepers have names of their own. */
export const TREASURY = "treasury";

export class State {
  readonly scale: bigint;
  readonly virtualShares: bigint;
  readonly ledgers: Ledgers = Object.fromEntries(LEDGERS.map((name) => [name, 0n])) as Ledgers;
  readonly clock: { now: bigint; orphans: bigint };
  readonly risk: RiskParams;
  readonly pool: Pool;
  readonly tranches: Record<TrancheName, Shares> = { senior: newShares(), junior: newShares() };
  readonly insuranceShares: Shares = newShares();
  readonly lpEpochs: Epochs | undefined;
  readonly insuranceEpochs: Epochs | undefined;
  readonly debts: readonly [DebtClass, DebtClass] = [newClass(), newClass()];
  readonly losses: TraderLosses = { book: newClass(), lost: 0n, repaid: 0n, events: [] };
  readonly lpClaims: Record<TrancheName, LpClaims> = { senior: newLpClaims(), junior: newLpClaims() };
  /** What nobody carried of all incidents so far. */
  readonly waterfall = { residual: 0n };
  readonly round: Round = { contributed: 0n, need: 0n, weight: 0n, hour: 0n, rewarded: 0n };
  readonly fund: Fund;
  readonly feesDue: Record<string, bigint> = {};
  readonly markets: Market[] = [];
  readonly prices: (bigint | null)[] = [];
  readonly accounts = new Map<bigint, Account>();
  readonly incidents: Incident[] = [];
  readonly #saved = new Map<object, object>();

  constructor(options: Options) {
    this.scale = options.scale;
    this.virtualShares = options.virtualShares;
    this.clock = { now: options.now, orphans: 0n };
    this.risk = { ...options.risk };
    this.pool = {
      params: options.pool,
      principal: 0n,
      overdue: 0n,
      floor: 0n,
      markTotal: 0n,
      openNotional: 0n,
      belowSince: undefined,
      recordedEquity: undefined,
      recordedExit: 0n,
      recordedEpochs: 0n,
      recordedAt: 0n,
    };
    this.lpEpochs = options.lpEpochs;
    this.insuranceEpochs = options.insuranceEpochs;
    this.fund = {
      maxDrawPerDayBps: options.maxDrawPerDayBps,
      day: -1n,
      dayStart: 0n,
      drawn: 0n,
      recordedAssets: undefined,
      recordedEpochs: 0n,
      recordedAt: 0n,
    };
  }

  /** All or nothing: whatever `operation` changed through {edit} is undone if it throws. */
  atomically<T>(operation: () => T): T {
    const incidents = this.incidents.length;
    try {
      return operation();
    } catch (error) {
      for (const [record, before] of this.#saved) {
        for (const key of Object.keys(record)) if (!(key in before)) Reflect.deleteProperty(record, key);
        Object.assign(record, before);
      }
      this.incidents.length = incidents;
      throw error;
    } finally {
      this.#saved.clear();
    }
  }

  /** Marks a flat record as about to change. */
  edit<T extends object>(record: T): T {
    if (!this.#saved.has(record)) this.#saved.set(record, { ...record });
    return record;
  }

  get now(): bigint {
    return this.clock.now;
  }

  move(ledger: LedgerName, amount: bigint): void {
    const after = this.ledgers[ledger] + amount;
    // No operation of the protocol may get here: a bug of the model or of the specification, so not a ModelError.
    if (after < 0n) throw new Error(`ledger ${ledger} would fall to ${after}`);
    this.edit(this.ledgers)[ledger] = after;
  }

  earn(beneficiary: string, amount: bigint): void {
    if (amount === 0n) return;
    this.edit(this.feesDue)[beneficiary] = (this.feesDue[beneficiary] ?? 0n) + amount;
    this.move("fees", amount);
  }

  account(id: bigint): Account {
    let account = this.accounts.get(id);
    if (account === undefined) {
      account = {
        id,
        margin: 0n,
        positions: new Map(),
        stakes: [NO_STAKE, NO_STAKE],
        lossStake: NO_STAKE,
        lossRepaid: 0n,
      };
      this.accounts.set(id, account);
    }
    return account;
  }

  setPosition(account: Account, market: number, position: Position | undefined): void {
    const entries = [...account.positions].filter(([id]) => id !== market);
    if (position !== undefined) entries.push([market, position]);
    this.edit(account).positions = new Map(entries.sort((a, b) => a[0] - b[0]));
  }

  market(id: number): Market {
    const market = this.markets[id];
    if (market === undefined) throw new ModelError("Clearinghouse_MarketNotListed", id);
    return market;
  }

  /** The price a market was settled at, its price for good. */
  settledPrice(id: number): bigint | undefined {
    const market = this.markets[id];
    return market?.state === "Settled" ? market.lastPrice : undefined;
  }

  isDead(id: number): boolean {
    return this.settledPrice(id) === undefined && (this.prices[id] ?? null) === null;
  }

  priceOf(id: number): bigint {
    const settled = this.settledPrice(id);
    if (settled !== undefined) return settled;
    const price = this.prices[id];
    if (price === null || price === undefined) throw new ModelError("PriceUnavailable", id);
    return price;
  }

  get unpaid(): bigint {
    return this.debts[0].outstanding + this.debts[1].outstanding;
  }

  get equity(): bigint {
    return this.ledgers.cash - this.unpaid - this.pool.markTotal;
  }

  /** What caps rest on: E less what overdue redemptions ask for. */
  get backing(): bigint {
    return this.equity - this.pool.overdue;
  }

  get exitValue(): bigint {
    let collected = this.ledgers.cash - this.unpaid;
    for (const market of this.markets) collected -= pos(market.mark);
    const equity = this.equity;
    return collected < equity ? collected : equity;
  }

  get navs(): { senior: bigint; junior: bigint } {
    return navsAt(this.equity, this.pool.principal);
  }

  /** Protected floor in force. */
  get floor(): bigint {
    return this.pool.openNotional === 0n ? 0n : this.pool.floor;
  }

  /** Stores what the pool owes the traders of a market at a price. */
  storeMark(market: Market, price: bigint): void {
    const mark = markAt(market, price);
    this.edit(this.pool).markTotal += mark - market.mark;
    this.edit(market).mark = mark;
    market.lastPrice = price;
  }

  /** Books LP income that is in the ledgers already: the senior coupon. */
  accrueCoupon(income: bigint): void {
    const { principal, params } = this.pool;
    const equity = this.equity;
    const { senior, junior } = this.navs;
    const weight = params.seniorWeightBps * senior;
    const total = weight + params.juniorWeightBps * junior;
    const surplus = clamp(income, 0n, pos(equity - principal));
    if (surplus > 0n && total > 0n) this.edit(this.pool).principal += divDown(surplus * weight, total);
  }

  /** Starts or stops the clock of a reset. At the end of whatever changes E or T. */
  watch(): void {
    const isBelow = this.equity < this.pool.principal;
    if (isBelow === (this.pool.belowSince !== undefined)) return;
    this.edit(this.pool).belowSince = isBelow ? this.now : undefined;
  }
}

const newShares = (): Shares => ({
  supply: 0n,
  depositsAsked: 0n,
  sharesAsked: 0n,
  deposits: new Map(),
  redemptions: new Map(),
  waited: [0n, 0n, 0n],
  claimable: 0n,
});

const newLpClaims = (): LpClaims => ({ outstanding: 0n, lost: 0n, repaid: 0n });
