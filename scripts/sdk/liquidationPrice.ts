import { WAD } from "./units.ts";

type Position = { size: bigint; price: bigint | undefined; notional: bigint; maintenance: bigint };
type Measured = { equity: bigint; maintenanceMargin: bigint };

/**
 * Price of the position's market at which equity falls to maintenance, everything else unchanged: `E + s * (p - P) =
 * M + m * |s| * (p - P)`. An estimate: funding goes on, and the slope of the rate is taken where it is.
 */
export function liquidationPrice(position: Position, health: Measured | undefined): bigint | undefined {
  const { size, price, notional, maintenance } = position;
  if (health === undefined || price === undefined || size === 0n || notional === 0n) return undefined;
  const rate = (maintenance * WAD) / notional;
  const room = health.equity - health.maintenanceMargin;
  const perUnit = size > 0n ? (size * (WAD - rate)) / WAD : (size * (WAD + rate)) / WAD;
  if (perUnit === 0n) return undefined;
  const at = price - (room * WAD) / perUnit;
  return at > 0n ? at : undefined;
}
