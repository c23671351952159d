import { claimRecovery } from "../../sdk/actions/claimRecovery.ts";
import { readPool } from "../../sdk/actions/readPool.ts";
import { resetPool } from "../../sdk/actions/resetPool.ts";
import { fromNative } from "../../sdk/units.ts";
import { InputError } from "../../shared/inputError.ts";
import { change } from "../change.ts";
import type { CommandSpec, NounSpec } from "../command.ts";
import { oneOf } from "../options.ts";
import * as figures from "../report.ts";
import { fact, usd } from "../report.ts";
import { cancelIn, claimFrom, depositInto, record, redeemFrom, requestsTable, settle } from "../vaultCommands.ts";

const TRANCHES = ["senior", "junior"] as const;
const TRANCHE: [string, string] = ["<tranche>", "senior or junior"];

const show: CommandSpec = {
  verb: "show",
  summary: "What the pool has, what it owes, and what its shares are worth, at the last marks.",
  example: "",
  async run(session) {
    const state = await readPool(await session.breakwater());
    const { senior, junior } = state;
    return [
      {
        facts: [
          fact("cash", "cash, USD", usd(state.cash)),
          fact("unpaid", "less debts to traders, USD", usd(state.unpaid)),
          fact("markTotal", "less owed on open positions, USD", usd(state.markTotal)),
          fact("equity", "equity, USD", usd(state.equity)),
          fact("principal", "senior principal, USD", usd(state.principal)),
          fact("floor", "protected floor, USD", usd(state.floor)),
          fact("exitValue", "value for leaving LPs, USD", usd(state.exitValue)),
          fact("freeCapital", "free for redemptions, USD", usd(state.freeCapital)),
          fact("openNotional", "open notional at entry, USD", usd(state.openNotional)),
          fact("residual", "residual nobody has carried, USD", usd(state.residual)),
          fact("isOpenable", "markets may take risk", figures.yesNo(state.isOpenable)),
          fact("epoch", "epoch", figures.ordinal(senior.epoch)),
          fact("epochEndsAt", "ends", figures.time(senior.epochEndsAt)),
        ],
      },
      {
        key: "tranches",
        columns: [
          { key: "tranche", head: "tranche" },
          { key: "nav", head: "value, USD" },
          { key: "supply", head: "shares" },
          { key: "price", head: "a share, USD" },
        ],
        rows: [
          { tranche: "senior", ...senior },
          { tranche: "junior", ...junior },
        ].map(({ tranche, nav, supply, price }) => ({
          tranche: figures.text(tranche),
          nav: usd(nav),
          supply: figures.shares(supply),
          price: figures.price(price),
        })),
        foot: { tranche: figures.text("sum"), nav: usd(senior.nav + junior.nav) },
      },
    ];
  },
};

const deposit: CommandSpec = {
  verb: "deposit",
  summary: "Asks to buy shares of a tranche with the next epoch; approves the vault for the dollars first.",
  args: [TRANCHE, ["<amount>", "USD"]],
  example: "junior 100000",
  run: (session, { tranche, amount }) => depositInto(session, oneOf(tranche!, TRANCHES, "tranche"), amount!),
};

const redeem: CommandSpec = {
  verb: "redeem",
  summary: "Asks to redeem shares with the next epoch; they stay at risk until it is settled.",
  args: [TRANCHE, ["<shares>", "whole shares, or all"]],
  example: "junior all",
  run: (session, { tranche, shares }) => redeemFrom(session, oneOf(tranche!, TRANCHES, "tranche"), shares!),
};

const requests: CommandSpec = {
  verb: "requests",
  summary: "What one holds of the tranches, has asked for and can claim.",
  args: [["[holder]", "one's own unless given"]],
  example: "",
  async run(session, { holder }) {
    return [await requestsTable(session, TRANCHES, await session.whose(holder, "holder"))];
  },
};

const claim: CommandSpec = {
  verb: "claim",
  summary: "Takes what settled epochs have brought: shares of deposits, dollars of redemptions.",
  args: [TRANCHE],
  example: "junior",
  run: (session, { tranche }) => claimFrom(session, oneOf(tranche!, TRANCHES, "tranche")),
};

const cancel: CommandSpec = {
  verb: "cancel",
  summary: "Takes back what was requested in the epoch running now.",
  args: [TRANCHE, ["<kind>", "deposit or redemption"]],
  example: "junior deposit",
  run: (session, { tranche, kind }) =>
    cancelIn(session, oneOf(tranche!, TRANCHES, "tranche"), oneOf(kind!, ["deposit", "redemption"], "kind")),
};

const recordCommand: CommandSpec = {
  verb: "record",
  summary: "Puts the value at the end of an epoch on record. Anybody may.",
  example: "",
  run: (session) => record(session, "pool"),
};

const settleCommand: CommandSpec = {
  verb: "settle",
  summary: "Settles the requests of the recorded epoch, half an hour after the record. Anybody may.",
  example: "",
  run: (session) => settle(session, "pool"),
};

const reset: CommandSpec = {
  verb: "reset",
  summary: "Writes the senior principal down to what is there, after a day under water. Anybody may.",
  example: "",
  async run(session) {
    const breakwater = await session.breakwater();
    return change(session, {
      what: "reset the pool",
      act: (how) => resetPool(breakwater, how),
      watch: async () => [
        fact("principal", "senior principal, USD", usd(await breakwater.pool.principal())),
        fact("floor", "protected floor, USD", usd(await breakwater.pool.floor())),
      ],
    });
  },
};

const recovery: CommandSpec = {
  verb: "recovery",
  summary: "Pays a holder what has been repaid of a tranche's losses. Anybody may call.",
  args: [TRANCHE, ["[holder]", "oneself unless given"]],
  example: "junior",
  async run(session, args) {
    const tranche = oneOf(args.tranche!, TRANCHES, "tranche");
    const breakwater = await session.breakwater();
    const holder = await session.whose(args.holder, "holder");
    const { claimable } = await breakwater[tranche].claimsOf(holder);
    if (claimable === 0n) throw new InputError(`${tranche}: nothing has been repaid to ${holder} since the last claim`);
    return change(session, {
      what: `pay ${holder} what was repaid of its ${tranche} claims`,
      act: (how) => claimRecovery(breakwater, { ...how, tranche, holder }),
      watch: async () => {
        const [claims, native] = await Promise.all([
          breakwater[tranche].claimsOf(holder),
          breakwater.token.balanceOf(holder),
        ]);
        return [
          fact("claimable", "to claim, USD", usd(claims.claimable)),
          fact("outstanding", "not repaid yet, USD", usd(claims.outstanding)),
          fact("wallet", "wallet, USD", usd(fromNative(native, breakwater.scale))),
        ];
      },
    });
  },
};

export default {
  noun: "pool",
  summary: "Liquidity: the senior and the junior tranche.",
  commands: [show, deposit, redeem, requests, claim, cancel, recordCommand, settleCommand, reset, recovery],
} satisfies NounSpec;
