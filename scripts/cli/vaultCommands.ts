import { cancelRequest } from "../sdk/actions/cancelRequest.ts";
import { claimAssets } from "../sdk/actions/claimAssets.ts";
import { claimShares } from "../sdk/actions/claimShares.ts";
import { readRequests } from "../sdk/actions/readRequests.ts";
import { recordEpoch } from "../sdk/actions/recordEpoch.ts";
import { requestDeposit } from "../sdk/actions/requestDeposit.ts";
import { requestRedeem } from "../sdk/actions/requestRedeem.ts";
import { settleEpoch } from "../sdk/actions/settleEpoch.ts";
import { exactShares, parseShares, type ShareVault } from "../sdk/shares.ts";
import { formatExact, formatUsd, fromNative, parsePayable } from "../sdk/units.ts";
import { InputError } from "../shared/inputError.ts";
import { change, changes, type Part } from "./change.ts";
import * as figures from "./report.ts";
import { type Fact, fact, type Report, type TableSection, usd } from "./report.ts";
import type { Session } from "./session.ts";

/** What LPs and stakers do alike: tranches and the fund are the same kind of vault. */

/** Dollars in the wallet, and what the vault has of one's own. */
async function holdings(session: Session, vault: ShareVault): Promise<Fact[]> {
  const breakwater = await session.breakwater();
  const holder = await session.self();
  const [requests, native] = await Promise.all([
    readRequests(breakwater, { vault, holder }),
    breakwater.token.balanceOf(holder),
  ]);
  return [
    fact("wallet", "wallet, USD", usd(fromNative(native, breakwater.scale))),
    fact("shares", "shares", figures.shares(requests.shares)),
    fact("depositPending", "waiting to become shares, USD", usd(requests.depositPending)),
    fact("redeemPending", "waiting to be redeemed, shares", figures.shares(requests.redeemPending)),
  ];
}

export async function depositInto(session: Session, into: ShareVault, amount: string): Promise<Report> {
  const breakwater = await session.breakwater();
  const amountUsd = parsePayable(amount, "amount", breakwater.scale);
  return change(session, {
    what: `request a deposit of ${formatExact(amountUsd, 2)} USD into ${into}`,
    act: (how) => requestDeposit(breakwater, { ...how, into, amountUsd }),
    watch: () => holdings(session, into),
  });
}

export async function redeemFrom(session: Session, from: ShareVault, amount: string): Promise<Report> {
  const breakwater = await session.breakwater();
  const shares = parseShares(amount, await breakwater[from].balanceOf(await session.self()));
  return change(session, {
    what: `request the redemption of ${exactShares(shares)} shares of ${from}`,
    act: (how) => requestRedeem(breakwater, { ...how, from, shares }),
    watch: () => holdings(session, from),
  });
}

export async function cancelIn(session: Session, vault: ShareVault, kind: "deposit" | "redemption"): Promise<Report> {
  const breakwater = await session.breakwater();
  return change(session, {
    what: `take back the ${kind} requested from ${vault} in this epoch`,
    act: (how) => cancelRequest(breakwater, { ...how, vault, kind }),
    watch: () => holdings(session, vault),
  });
}

/** Shares of deposits and dollars of redemptions, whatever waits. */
export async function claimFrom(session: Session, from: ShareVault): Promise<Report> {
  const breakwater = await session.breakwater();
  const holder = await session.self();
  const { depositClaimable, redeemClaimable } = await readRequests(breakwater, { vault: from, holder });
  if (depositClaimable === 0n && redeemClaimable === 0n) {
    throw new InputError(`${from}: nothing of ${holder} is settled and unclaimed; \`requests\` shows what waits`);
  }
  const watch = () => holdings(session, from);
  const shares: Part = {
    key: "shares",
    make: () =>
      change(session, {
        what: `claim the ${from} shares of deposits of ${formatUsd(depositClaimable)} USD`,
        act: (how) => claimShares(breakwater, { ...how, from }),
        watch,
      }),
  };
  const assets: Part = {
    key: "assets",
    make: () =>
      change(session, {
        what: `claim ${formatUsd(redeemClaimable)} USD of redeemed ${from} shares`,
        act: (how) => claimAssets(breakwater, { ...how, from }),
        watch,
      }),
  };
  return changes([...(depositClaimable > 0n ? [shares] : []), ...(redeemClaimable > 0n ? [assets] : [])]);
}

export async function record(session: Session, of: "pool" | "insurance"): Promise<Report> {
  const breakwater = await session.breakwater();
  return change(session, {
    what: `record the last epoch of the ${of}`,
    act: (how) => recordEpoch(breakwater, { ...how, of }),
  });
}

export async function settle(session: Session, of: "pool" | "insurance"): Promise<Report> {
  const breakwater = await session.breakwater();
  const vaults = of === "pool" ? (["senior", "junior"] as const) : (["insurance"] as const);
  return change(session, {
    what: `settle the recorded epoch of the ${of}`,
    act: (how) => settleEpoch(breakwater, { ...how, of }),
    watch: () =>
      Promise.all(
        vaults.map(async (vault) =>
          fact(`${vault}Supply`, `${vault}, shares`, figures.shares(await breakwater[vault].totalSupply())),
        ),
      ),
  });
}

/** What one holds, has asked for and can claim. */
export async function requestsTable(
  session: Session,
  vaults: readonly ShareVault[],
  holder: string,
): Promise<TableSection> {
  const breakwater = await session.breakwater();
  const all = await Promise.all(vaults.map((vault) => readRequests(breakwater, { vault, holder })));
  return {
    key: "requests",
    columns: [
      { key: "vault", head: "of" },
      { key: "shares", head: "shares" },
      { key: "value", head: "worth, USD" },
      { key: "depositPending", head: "to be deposited, USD" },
      { key: "depositCancellable" },
      { key: "depositClaimable", head: "deposited, to claim, USD" },
      { key: "redeemPending", head: "to be redeemed, shares" },
      { key: "redeemCancellable" },
      { key: "redeemClaimable", head: "redeemed, to claim, USD" },
    ],
    rows: all.map((requests, i) => ({
      vault: figures.text(vaults[i]!),
      shares: figures.shares(requests.shares),
      value: usd(requests.value),
      depositPending: usd(requests.depositPending),
      depositCancellable: usd(requests.depositCancellable),
      depositClaimable: usd(requests.depositClaimable),
      redeemPending: figures.shares(requests.redeemPending),
      redeemCancellable: figures.shares(requests.redeemCancellable),
      redeemClaimable: usd(requests.redeemClaimable),
    })),
  };
}
