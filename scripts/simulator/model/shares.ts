/** Shares bought and redeemed at epoch boundaries only, at one price for all. PROTOCOL §10, ITranche, IEpochVault. */
import { divDown, divUp, max } from "./math.ts";
import type { State } from "./state.ts";
import { type Epochs, type LedgerName, ModelError, type Shares } from "./types.ts";

/** Between the record and the settlement keepers book what is due. */
const SETTLE_DELAY = 1_800n;
const WORD = 1n << 256n;
const MAX_SUPPLY = (1n << 255n) - 1n;

/** What a settlement is done at. USD. */
export interface Terms {
  epoch: bigint;
  navIn: bigint;
  navOut: bigint;
  limit: bigint;
  isOpen: boolean;
}

/** What a settlement did. */
export interface Settled {
  assetsIn: bigint;
  minted: bigint;
  assetsOut: bigint;
  burnt: bigint;
  supplyBefore: bigint;
}

export const currentEpoch = (epochs: Epochs | undefined, now: bigint): bigint =>
  epochs === undefined ? 0n : (now - epochs.genesis) / epochs.length;

/** A request made in epoch n settles with epoch n + 1. */
const idNow = (epochs: Epochs | undefined, now: bigint): bigint =>
  epochs === undefined ? 0n : currentEpoch(epochs, now) + 1n;

const added = (queue: ReadonlyMap<bigint, bigint>, id: bigint, amount: bigint): ReadonlyMap<bigint, bigint> =>
  new Map(queue).set(id, (queue.get(id) ?? 0n) + amount);

export function requestDeposit(state: State, shares: Shares, epochs: Epochs | undefined, usd: bigint): void {
  if (usd === 0n) throw new ModelError("EpochVault_ZeroAmount");
  const record = state.edit(shares);
  state.move("queue", usd);
  record.deposits = added(record.deposits, idNow(epochs, state.now), usd);
  record.depositsAsked += usd;
}

export function requestRedeem(state: State, shares: Shares, epochs: Epochs | undefined, amount: bigint): void {
  if (amount === 0n) throw new ModelError("EpochVault_ZeroAmount");
  if (shares.sharesAsked + amount > shares.supply) throw new Error("more shares asked than there are");
  const record = state.edit(shares);
  record.redemptions = added(record.redemptions, idNow(epochs, state.now), amount);
  record.sharesAsked += amount;
}

/** Pays out what was settled for redemptions, in whole token units; returns USD. */
export function payOut(state: State, shares: Shares): bigint {
  const record = state.edit(shares);
  const paid = record.claimable - (record.claimable % state.scale);
  record.claimable -= paid;
  state.move("queue", -paid);
  return paid;
}

/** Which epoch a record made now is of, plus one; its name says whose errors to throw. */
export function epochToRecord(state: State, epochs: Epochs | undefined, recorded: bigint, name: string): bigint {
  if (epochs === undefined) return recorded + 1n;
  const running = currentEpoch(epochs, state.now);
  if (running === 0n) throw new ModelError(`${name}_EpochNotOver`, 0n);
  if (recorded >= running) throw new ModelError(`${name}_EpochAlreadyRecorded`, running - 1n);
  return running;
}

export function requireSettleable(state: State, epochs: Epochs | undefined, recordedAt: bigint, name: string): void {
  if (epochs !== undefined && state.now < recordedAt + SETTLE_DELAY) {
    throw new ModelError(`${name}_TooEarlyToSettle`, recordedAt + SETTLE_DELAY, state.now);
  }
}

/** What redemptions up to `epoch` would be paid without a limit. */
export const valueAsked = (state: State, shares: Shares, epoch: bigint, nav: bigint): bigint =>
  worth(state, due(shares.redemptions, epoch).amount, shares.supply, nav);

const worth = (state: State, amount: bigint, supply: bigint, nav: bigint): bigint =>
  divDown(amount * (nav + 1n), supply + state.virtualShares);

/** What waits under the ids up to `epoch`, and the rest. */
function due(queue: ReadonlyMap<bigint, bigint>, epoch: bigint) {
  let amount = 0n;
  const rest = new Map<bigint, bigint>();
  for (const [id, part] of queue) {
    if (id <= epoch) amount += part;
    else rest.set(id, part);
  }
  return { amount, rest };
}

/** Deposits: all or nothing. Redemptions: as far as the limit pays. What is not filled passes to the next id. */
export function settleShares(state: State, shares: Shares, ledger: LedgerName, terms: Terms): Settled {
  const record = state.edit(shares);
  const supplyBefore = record.supply;
  const { epoch } = terms;
  const deposits = due(record.deposits, epoch);
  const minted = terms.isOpen ? mintable(state, deposits.amount, terms.navIn, supplyBefore) : 0n;
  const assetsIn = minted > 0n ? deposits.amount : 0n;
  record.deposits = passOn(deposits, assetsIn, epoch);
  record.depositsAsked -= assetsIn;

  const redemptions = due(record.redemptions, epoch);
  const value = worth(state, redemptions.amount, supplyBefore, terms.navOut);
  const assetsOut = value < terms.limit ? value : terms.limit;
  let burnt = 0n;
  if (assetsOut > 0n) {
    burnt = assetsOut === value ? redemptions.amount : divUp(redemptions.amount * assetsOut, value);
  }
  record.redemptions = passOn(redemptions, burnt, epoch);
  record.waited = aged(record.waited, redemptions.amount, redemptions.amount - burnt);
  record.sharesAsked -= burnt;
  record.claimable += assetsOut;

  record.supply += minted - burnt;
  state.move("queue", assetsOut - assetsIn);
  state.move(ledger, assetsIn - assetsOut);
  return { assetsIn, minted, assetsOut, burnt, supplyBefore };
}

/** Everything that is left moves one epoch on; all that waited are filled alike. */
function aged([once, twice, more]: Shares["waited"], asked: bigint, left: bigint): Shares["waited"] {
  if (left === 0n) return [0n, 0n, 0n];
  const longest = divDown((twice + more) * left, asked);
  const second = divDown(once * left, asked);
  return [left - second - longest, second, longest];
}

/** What shares that have waited three epochs or longer are worth. */
export const valueOverdue = (state: State, shares: Shares, nav: bigint): bigint =>
  worth(state, shares.waited[2], shares.supply, nav);

function passOn({ amount, rest }: ReturnType<typeof due>, filled: bigint, epoch: bigint): ReadonlyMap<bigint, bigint> {
  return amount === filled ? rest : added(rest, epoch + 1n, amount - filled);
}

/**
 * Shares outstanding are worth at least a basis point of what is paid in. Zero where a share is worth so little that their
 * number would not fit.
 */
function mintable(state: State, usd: bigint, nav: bigint, supply: bigint): bigint {
  const price = supply === 0n ? nav : max(nav, usd / 10_000n);
  const minted = divDown(usd * (supply + state.virtualShares), price + 1n);
  return minted >= WORD || supply + minted > MAX_SUPPLY ? 0n : minted;
}
