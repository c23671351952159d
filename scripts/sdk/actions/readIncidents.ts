import type { Breakwater } from "../contracts.ts";
import { readEvents } from "../readEvents.ts";

export type ReadIncidentsParameters = {
  /** Newest first, from this one on; the newest unless given. */
  from?: bigint;
  /** At most so many. */
  limit?: number;
};

/** One deficit: `deficit` is the sum of the six parts. USD WAD. */
export type IncidentState = {
  incidentId: bigint;
  account: bigint;
  deficit: bigint;
  /** Profit the pool was shown and never had. */
  forgone: bigint;
  insurance: bigint;
  junior: bigint;
  senior: bigint;
  /** Charged to traders in profit. */
  adl: bigint;
  /** What nobody could carry then. */
  residual: bigint;
  block: number;
  transaction: string;
};

export type ReadIncidentsReturnType = IncidentState[];

/**
 * What became of each deficit, newest first, with who had it and where it was booked.
 *
 * @example
 * const [latest] = await readIncidents(breakwater, { limit: 1 });
 */
export async function readIncidents(
  breakwater: Breakwater,
  { from, limit = 50 }: ReadIncidentsParameters = {},
): Promise<ReadIncidentsReturnType> {
  const { waterfall } = breakwater;
  const incidents: IncidentState[] = [];
  for await (const event of readEvents(breakwater, waterfall, waterfall.filters.DeficitAbsorbed())) {
    const { incidentId, account, deficit, forgone, insurance, junior, senior, adl, residual } = event.args;
    if (from !== undefined && incidentId > from) continue;
    const { blockNumber: block, transactionHash: transaction } = event;
    const parts = { deficit, forgone, insurance, junior, senior, adl, residual };
    incidents.push({ incidentId, account, ...parts, block, transaction });
    if (incidents.length === limit) break;
  }
  return incidents;
}
