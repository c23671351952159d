import { formatAccount, ownerOf } from "../../sdk/accountId.ts";
import { claimFees } from "../../sdk/actions/claimFees.ts";
import { claimRecovery } from "../../sdk/actions/claimRecovery.ts";
import { readClaims } from "../../sdk/actions/readClaims.ts";
import { recover } from "../../sdk/actions/recover.ts";
import { formatExact, fromNative, parsePayable } from "../../sdk/units.ts";
import { InputError } from "../../shared/inputError.ts";
import { change, changes, type Part } from "../change.ts";
import type { CommandSpec, NounSpec } from "../command.ts";
import { oneOf } from "../options.ts";
import * as figures from "../report.ts";
import { fact, usd } from "../report.ts";

const ACCOUNT: [string, string] = ["[account]", "0xOwner, 0xOwner/1, or 1; one's own first one unless given"];

const show: CommandSpec = {
  verb: "show",
  summary: "What somebody is owed back as a trader, an LP and a keeper.",
  args: [ACCOUNT],
  example: "0",
  async run(session, args) {
    const breakwater = await session.breakwater();
    const account = await session.account(args.account);
    const holder = ownerOf(account);
    const claims = await readClaims(breakwater, { account, holder });
    const row = (what: string, now: bigint, later: bigint) => ({
      what: figures.text(what),
      claimable: usd(now),
      outstanding: usd(later),
    });
    const rows = [
      row("recovery of the account", claims.trader.claimable, claims.trader.outstanding),
      row("profit the pool owes the account", claims.debts.collectable, claims.debts.outstanding),
      row("recovery of senior shares", claims.senior.claimable, claims.senior.outstanding),
      row("recovery of junior shares", claims.junior.claimable, claims.junior.outstanding),
      row("fees of liquidations", claims.fees.clearinghouse, 0n),
      row("fees and refunds of orders", claims.fees.orders, 0n),
    ];
    const all = [claims.trader, claims.senior, claims.junior];
    const { collectable, outstanding } = claims.debts;
    const now = all.reduce((sum, one) => sum + one.claimable, collectable);
    const later = all.reduce((sum, one) => sum + one.outstanding, outstanding);
    return [
      { facts: [fact("account", "account", figures.account(account)), fact("holder", "holder", figures.text(holder))] },
      {
        key: "claims",
        columns: [
          { key: "what", head: "of" },
          { key: "claimable", head: "now, USD" },
          { key: "outstanding", head: "not repaid yet, USD" },
        ],
        rows,
        foot: row("sum", now + claims.fees.clearinghouse + claims.fees.orders, later),
      },
      {
        key: "total",
        title: "Not repaid yet, of everybody",
        facts: [
          fact("traders", "traders, USD", usd(claims.total.traders)),
          fact("senior", "senior LPs, USD", usd(claims.total.senior)),
          fact("junior", "junior LPs, USD", usd(claims.total.junior)),
        ],
      },
    ];
  },
};

const pay: CommandSpec = {
  verb: "pay",
  summary: "Pays the owner of an account what has been repaid of its recovery claim. Anybody may call.",
  args: [ACCOUNT],
  example: "0",
  async run(session, args) {
    const breakwater = await session.breakwater();
    const account = await session.account(args.account);
    return change(session, {
      what: `pay ${formatAccount(account)} its recovery`,
      act: (how) => claimRecovery(breakwater, { ...how, account }),
      watch: async () => {
        const [[claimable, outstanding], native] = await Promise.all([
          breakwater.clearinghouse.claimsOf(account),
          breakwater.token.balanceOf(ownerOf(account)),
        ]);
        return [
          fact("claimable", "to claim, USD", usd(claimable)),
          fact("outstanding", "not repaid yet, USD", usd(outstanding)),
          fact("wallet", "owner's wallet, USD", usd(fromNative(native, breakwater.scale))),
        ];
      },
    });
  },
};

const recoverCommand: CommandSpec = {
  verb: "recover",
  summary: "Repays recovery claims with one's own dollars: traders first, then senior, then junior. A gift.",
  args: [["<amount>", "USD; at most what is outstanding is taken"]],
  example: "10000",
  async run(session, args) {
    const breakwater = await session.breakwater();
    const amountUsd = parsePayable(args.amount!, "amount", breakwater.scale);
    const [[traders], lps] = await Promise.all([breakwater.clearinghouse.traderClaims(), breakwater.pool.claims()]);
    if (traders + lps.senior + lps.junior === 0n) throw new InputError("nobody is owed anything: nothing to repay");
    return change(session, {
      what: `repay recovery claims with up to ${formatExact(amountUsd, 2)} USD`,
      act: (how) => recover(breakwater, { ...how, amountUsd }),
      watch: async () => {
        const [[traders], lps] = await Promise.all([breakwater.clearinghouse.traderClaims(), breakwater.pool.claims()]);
        return [
          fact("traders", "owed to traders, USD", usd(traders)),
          fact("senior", "owed to senior LPs, USD", usd(lps.senior)),
          fact("junior", "owed to junior LPs, USD", usd(lps.junior)),
        ];
      },
    });
  },
};

const SOURCES = ["all", "orders", "clearinghouse"] as const;

const fees: CommandSpec = {
  verb: "fees",
  summary: "Pays out what one has earned as a keeper or the treasury, and refunds of orders.",
  options: [["--of <what>", SOURCES.join(", "), "all"]],
  example: "--of orders",
  async run(session, _args, options) {
    const of = oneOf(String(options.of), SOURCES, "--of");
    const breakwater = await session.breakwater();
    const me = await session.self();
    const parts: Part[] = [];
    for (const from of ["clearinghouse", "orders"] as const) {
      const isAsked = of === from || (of === "all" && (await breakwater[from].feesOf(me)) >= breakwater.scale);
      if (!isAsked) continue;
      const make = () =>
        change(session, {
          what: `claim the fees of ${me} from the ${from}`,
          act: (how) => claimFees(breakwater, { ...how, from }),
          watch: async () => {
            const [due, native] = await Promise.all([breakwater[from].feesOf(me), breakwater.token.balanceOf(me)]);
            return [
              fact("fees", "fees to claim, USD", usd(due)),
              fact("wallet", "wallet, USD", usd(fromNative(native, breakwater.scale))),
            ];
          },
        });
      parts.push({ key: from, make });
    }
    if (parts.length === 0) throw new InputError(`no fees of ${me} wait to be claimed`);
    return changes(parts);
  },
};

export default {
  noun: "claim",
  summary: "What is owed back, and what was earned.",
  commands: [show, pay, recoverCommand, fees],
} satisfies NounSpec;
