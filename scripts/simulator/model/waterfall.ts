/** Who carries a deficit. PROTOCOL §9. */
import { clamp, max, min, pos } from "./math.ts";

export const navsAt = (equity: bigint, principal: bigint): { senior: bigint; junior: bigint } => ({
  senior: clamp(equity, 0n, principal),
  junior: pos(equity - principal),
});

/**
 * Divides a loss that E already shows. `floor` is the one in force. Rounding: none.
 */
export function absorb(
  loss: bigint,
  equityAfter: bigint,
  principal: bigint,
  floor: bigint,
): { junior: bigint; senior: bigint; shortOfFloor: bigint } {
  const shortOfFloor = min(loss, max(0n, floor - equityAfter));
  const junior = min(loss - shortOfFloor, navsAt(equityAfter + loss, principal).junior);
  return { shortOfFloor, junior, senior: loss - shortOfFloor - junior };
}
