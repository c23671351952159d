import { ZeroAddress } from "ethers";
import { ownerOf } from "../accountId.ts";
import type { Breakwater } from "../contracts.ts";
import { decodeError } from "../errors.ts";
import { liquidationPrice } from "../liquidationPrice.ts";
import { WAD } from "../units.ts";
import { readPrice } from "./readPrice.ts";

export type ReadAccountParameters = { account: bigint };

/** USD, prices and sizes WAD. */
export type PositionState = {
  market: number;
  /** Base units, signed; 0: deleveraging has closed it, and its next touch brings `credit`. */
  size: bigint;
  /** Cost of a base unit at entry. */
  entryPrice: bigint;
  /** Of the oracle; undefined: none, then what follows is at the last mark. */
  price: bigint | undefined;
  notional: bigint;
  /** Profit at `price`, loss already paid in counted back, funding owed taken off. */
  unrealised: bigint;
  /** Up to now. */
  fundingOwed: bigint;
  /** Loss that was collected already and comes back if it does not come true. */
  settled: bigint;
  maintenance: bigint;
  /** Estimate with all else unchanged; undefined: no price of this market alone does it. */
  liquidationPrice: bigint | undefined;
  /** Of deleveraging events it has missed: money waiting, and profit withheld. */
  credit: bigint;
  cut: bigint;
};

export type Health = {
  equity: bigint;
  initialMargin: bigint;
  maintenanceMargin: bigint;
  notional: bigint;
  withdrawable: bigint;
};

export type ReadAccountReturnType = {
  account: bigint;
  margin: bigint;
  /** Times it was liquidated, ever. */
  liquidations: bigint;
  /** Undefined: one of its markets has no price. */
  health: Health | undefined;
  /** Its equity is below maintenance, or nobody owns it. */
  isLiquidatable: boolean;
  positions: PositionState[];
  /** Realised profit the pool owes: paid already and margin at the next touch, or still to be paid. */
  debts: { collectable: bigint; outstanding: bigint };
  /** Recovery of what deleveraging and write-offs took: payable now, or not repaid yet. */
  claims: { claimable: bigint; outstanding: bigint };
};

const SLOPE_SCALE = 10n ** 24n;

/**
 * An account at present prices, positions as deleveraging has left them.
 *
 * @example
 * const { margin, health, positions } = await readAccount(breakwater, { account: toAccountId(address) });
 */
export async function readAccount(
  breakwater: Breakwater,
  { account }: ReadAccountParameters,
): Promise<ReadAccountReturnType> {
  const { clearinghouse } = breakwater;
  const [stored, health, [collectable, owed], [claimable, unpaid]] = await Promise.all([
    clearinghouse.account(account),
    readHealth(breakwater, account),
    clearinghouse.debtsTo(account),
    clearinghouse.claimsOf(account),
  ]);
  const open = Array.from({ length: 32 }, (_, id) => id).filter((id) => (stored.openMarkets >> BigInt(id)) & 1n);
  const positions = await Promise.all(open.map((market) => readPosition(breakwater, account, market)));
  const isOrphan = ownerOf(account) === ZeroAddress;
  return {
    account,
    margin: stored.margin,
    liquidations: stored.liquidations,
    health,
    isLiquidatable:
      health !== undefined && positions.length > 0 && (isOrphan || health.equity < health.maintenanceMargin),
    positions: positions.map((position) => ({ ...position, liquidationPrice: liquidationPrice(position, health) })),
    debts: { collectable, outstanding: owed },
    claims: { claimable, outstanding: unpaid },
  };
}

async function readHealth({ clearinghouse }: Breakwater, account: bigint): Promise<Health | undefined> {
  try {
    const { equity, initialMargin, maintenanceMargin, notional, withdrawable } = await clearinghouse.health(account);
    return { equity, initialMargin, maintenanceMargin, notional, withdrawable };
  } catch (error) {
    if ((error as { code?: string }).code === "CALL_EXCEPTION") return undefined;
    throw decodeError(error);
  }
}

type Unestimated = Omit<PositionState, "liquidationPrice">;

async function readPosition(breakwater: Breakwater, account: bigint, market: number): Promise<Unestimated> {
  const { clearinghouse } = breakwater;
  const [replayed, listed, quoted, block] = await Promise.all([
    clearinghouse.replayed(account, market),
    clearinghouse.market(market),
    readPrice(breakwater, { market }),
    clearinghouse.runner?.provider?.getBlock("latest"),
  ]);
  const { position, credit, cut } = replayed;
  const { size, cost, settled } = position;
  const price = quoted.price ?? listed.lastPrice;
  const index = fundingIndexAt(listed, price, BigInt(block?.timestamp ?? 0));
  const fundingOwed = ceilDiv(size * (index - position.fundingEntry), WAD);
  const value = (size * price) / WAD;
  const pnl = size > 0n ? value - cost : value + cost;
  const notional = value < 0n ? -value : value;
  const rate = position.mmBps + ceilDiv(notional * listed.params.slopeBpsPerMillion, 2n * SLOPE_SCALE);
  return {
    market,
    size,
    entryPrice: size === 0n ? 0n : (cost * WAD) / (size < 0n ? -size : size),
    price: quoted.price,
    notional,
    unrealised: pnl + settled - fundingOwed,
    fundingOwed,
    settled,
    maintenance: ceilDiv(notional * (rate < 10_000n ? rate : 10_000n), 10_000n),
    credit: credit + replayed.returned - replayed.fundingOwed,
    cut,
  };
}

type Listed = Awaited<ReturnType<Breakwater["clearinghouse"]["market"]>>;

/** As `MarketLib.fundingIndexAt`: what accrued since the market was touched belongs to the positions already. */
function fundingIndexAt({ fundingIndex, touchedAt, long, short, params }: Listed, price: bigint, now: bigint): bigint {
  const skew = long.sizeBase - short.sizeBase;
  const scale = params.skewScaleBase;
  if (skew === 0n || scale === 2n ** 128n - 1n || now <= touchedAt) return fundingIndex;
  const ratio = ((skew < 0n ? -skew : skew) * WAD) / scale;
  const growth =
    ((ratio < WAD ? ratio : WAD) * price * (params.maxFundingBps * (now - touchedAt))) / (WAD * 10_000n * 86_400n);
  return fundingIndex + (skew > 0n ? growth : -growth);
}

function ceilDiv(value: bigint, by: bigint): bigint {
  const whole = value / by;
  return value > 0n && value % by !== 0n ? whole + 1n : whole;
}
