import type { ContractTransaction } from "ethers";
import type { Breakwater } from "../../sdk/contracts.ts";
import type { Action } from "../plan/types.ts";

export type Call = { to: string; data: string; value: bigint };

/** Missed deleveraging events that one call takes in: more than a touch does by itself, far below a block. */
const REPLAYED_AT_ONCE = 64n;

/** What an action is on the chain. */
export async function toTransaction(system: Breakwater, action: Action): Promise<Call> {
  const { to, data } = await populate(system, action);
  return { to, data, value: action.value };
}

function populate(
  { clearinghouse, orders, pool, insurance, pyth }: Breakwater,
  { kind, accounts, orders: batch, market, updates }: Action,
): Promise<ContractTransaction> {
  switch (kind) {
    case "liquidate":
      return clearinghouse.liquidate.populateTransaction(accounts[0]!);
    case "executeOrders":
      if (batch.length === 1) return orders.execute.populateTransaction(batch[0]!.id, batch[0]!.proof);
      return orders.executeBatch.populateTransaction(
        batch.map(({ id }) => id),
        batch.map(({ proof }) => proof),
      );
    case "deleverage":
      return clearinghouse.deleverage.populateTransaction(market!);
    case "replay":
      return clearinghouse.replay.populateTransaction(accounts[0]!, market!, REPLAYED_AT_ONCE);
    case "mark":
      return clearinghouse.mark.populateTransaction(market!);
    case "pushPrices":
      return pyth!.update.populateTransaction(updates);
    case "recordLpEpoch":
      return pool.recordEpoch.populateTransaction();
    case "settleLpEpoch":
      return pool.settleEpoch.populateTransaction();
    case "recordInsuranceEpoch":
      return insurance.recordEpoch.populateTransaction();
    case "settleInsuranceEpoch":
      return insurance.settleEpoch.populateTransaction();
    case "payDebts":
      return clearinghouse.payDebts.populateTransaction();
    case "settleDeadMarket":
      return clearinghouse.settleDeadMarket.populateTransaction(market!);
    case "reportSilence":
      return pyth!.reportSilence.populateTransaction(market!);
  }
}
