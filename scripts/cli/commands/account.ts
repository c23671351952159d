import { formatAccount, ownerOf, toAccountId } from "../../sdk/accountId.ts";
import { deposit } from "../../sdk/actions/deposit.ts";
import { depositWithPermit } from "../../sdk/actions/depositWithPermit.ts";
import { liquidate } from "../../sdk/actions/liquidate.ts";
import { previewLiquidation } from "../../sdk/actions/previewLiquidation.ts";
import { readAccount } from "../../sdk/actions/readAccount.ts";
import { readAccounts } from "../../sdk/actions/readAccounts.ts";
import { readSummaries } from "../../sdk/actions/readSummaries.ts";
import { replayAccount } from "../../sdk/actions/replayAccount.ts";
import { setOperator } from "../../sdk/actions/setOperator.ts";
import { settleAccount } from "../../sdk/actions/settleAccount.ts";
import { transferMargin } from "../../sdk/actions/transferMargin.ts";
import { withdraw } from "../../sdk/actions/withdraw.ts";
import { parseAddress } from "../../sdk/address.ts";
import type { Breakwater } from "../../sdk/contracts.ts";
import { formatMarket } from "../../sdk/markets.ts";
import { formatExact, formatUsd, fromNative, parsePayable, parsePositive, toNative } from "../../sdk/units.ts";
import { InputError } from "../../shared/inputError.ts";
import { change } from "../change.ts";
import type { CommandSpec, NounSpec } from "../command.ts";
import { liquidationPreview } from "../liquidationPreview.ts";
import { listedMarket } from "../listedMarket.ts";
import * as figures from "../report.ts";
import { type Fact, fact, maybe, none, usd } from "../report.ts";
import { positionsTable } from "../tables.ts";

const ACCOUNT: [string, string] = ["[account]", "0xOwner, 0xOwner/1, or 1; one's own first one unless given"];

const show: CommandSpec = {
  verb: "show",
  summary: "Margin, health, positions, and what the account is owed.",
  args: [ACCOUNT],
  example: "0",
  async run(session, args) {
    const breakwater = await session.breakwater();
    const state = await readAccount(breakwater, { account: await session.account(args.account) });
    const { health, debts, claims } = state;
    return [
      {
        facts: [
          fact("account", "account", figures.account(state.account)),
          fact("margin", "margin, USD", usd(state.margin)),
          fact("equity", "equity, USD", maybe(health?.equity, usd)),
          fact("initialMargin", "initial margin, USD", maybe(health?.initialMargin, usd)),
          fact("maintenanceMargin", "maintenance margin, USD", maybe(health?.maintenanceMargin, usd)),
          fact("withdrawable", "withdrawable, USD", maybe(health?.withdrawable, usd)),
          fact("notional", "notional, USD", maybe(health?.notional, usd)),
          fact("leverage", "leverage", health === undefined || health.equity <= 0n ? none : leverage(health)),
          fact("isLiquidatable", "liquidatable", figures.yesNo(state.isLiquidatable)),
          fact("liquidations", "liquidated so far", figures.count(state.liquidations)),
          fact("debtCollectable", "profit to collect, USD", usd(debts.collectable)),
          fact("debtOutstanding", "profit the pool owes, USD", usd(debts.outstanding)),
          fact("claimClaimable", "recovery to claim, USD", usd(claims.claimable)),
          fact("claimOutstanding", "recovery not repaid yet, USD", usd(claims.outstanding)),
        ],
      },
      { ...positionsTable(breakwater, state.positions), title: "Positions" },
    ];
  },
};

function leverage({ notional, equity }: { notional: bigint; equity: bigint }) {
  return figures.times((notional * 10n ** 18n) / equity);
}

const list: CommandSpec = {
  verb: "list",
  summary: "Accounts that ever had margin, one's own unless --all.",
  options: [["--all", "of everybody"]],
  example: "--all",
  async run(session, _args, { all }) {
    const breakwater = await session.breakwater();
    const ids = await readAccounts(breakwater, all ? {} : { owner: await session.self() });
    const states = await readSummaries(breakwater, { accounts: ids });
    return [
      {
        key: "accounts",
        columns: [
          { key: "account", head: "account" },
          { key: "margin", head: "margin, USD" },
          { key: "equity", head: "equity, USD" },
          { key: "maintenanceMargin", head: "maintenance, USD" },
          { key: "positions", head: "positions" },
          { key: "isLiquidatable", head: "liquidatable" },
        ],
        rows: states.map((state) => ({
          account: figures.account(state.account),
          margin: usd(state.margin),
          equity: maybe(state.equity, usd),
          maintenanceMargin: maybe(state.maintenance, usd),
          positions: figures.count(state.positions),
          isLiquidatable: figures.yesNo(state.isLiquidatable),
        })),
        foot: {
          account: figures.text("sum"),
          margin: usd(states.reduce((sum, { margin }) => sum + margin, 0n)),
        },
        empty: "no account has had margin yet: `account deposit`",
      },
    ];
  },
};

/** Balance of the wallet and margin of the account: what money moves between. */
async function purses({ clearinghouse, token, scale }: Breakwater, account: bigint, wallet: string): Promise<Fact[]> {
  const [{ margin }, native] = await Promise.all([clearinghouse.account(account), token.balanceOf(wallet)]);
  return [fact("margin", "margin, USD", usd(margin)), fact("wallet", "wallet, USD", usd(fromNative(native, scale)))];
}

const depositCommand: CommandSpec = {
  verb: "deposit",
  summary: "Puts dollars into the margin of an account; approves the vault for them first.",
  args: [["<amount>", "USD"], ACCOUNT],
  options: [["--permit", "sign the approval (EIP-2612) instead of sending it"]],
  example: "5000",
  async run(session, args, { permit }) {
    const breakwater = await session.breakwater();
    const amountUsd = parsePayable(args.amount!, "amount", breakwater.scale);
    const account = await session.account(args.account);
    const wallet = await session.self();
    return change(session, {
      what: `deposit ${formatExact(amountUsd, 2)} USD into ${formatAccount(account)}`,
      act: (how) => {
        const asked = { ...how, account, amountUsd };
        return permit ? depositWithPermit(breakwater, asked) : deposit(breakwater, asked);
      },
      watch: () => purses(breakwater, account, wallet),
    });
  },
};

const withdrawCommand: CommandSpec = {
  verb: "withdraw",
  summary: "Pays margin out to the owner of the account.",
  args: [["<amount>", "USD, or all that can leave: all"], ACCOUNT],
  example: "1000",
  async run(session, args) {
    const breakwater = await session.breakwater();
    const isAll = args.amount!.trim().toLowerCase() === "all";
    const given = isAll ? undefined : parsePayable(args.amount!, "amount", breakwater.scale);
    const account = await session.account(args.account);
    const amountUsd = given ?? (await allOf(breakwater, account));
    const owner = ownerOf(account);
    return change(session, {
      what: `withdraw ${formatExact(amountUsd, 2)} USD from ${formatAccount(account)}`,
      act: (how) => withdraw(breakwater, { ...how, account, amountUsd }),
      watch: () => purses(breakwater, account, owner),
    });
  },
};

/** All that can leave now, in whole units of the token. */
async function allOf({ clearinghouse, scale }: Breakwater, account: bigint): Promise<bigint> {
  const [{ margin }, { withdrawable }] = await Promise.all([
    clearinghouse.account(account),
    clearinghouse.health(account),
  ]);
  const whole = fromNative(toNative(withdrawable, scale), scale);
  if (whole > 0n) return whole;
  const why =
    margin < scale ? "it has no margin" : `its margin of ${formatUsd(margin)} USD is needed for its positions`;
  throw new InputError(`nothing can leave ${formatAccount(account)} now: ${why}`);
}

const transfer: CommandSpec = {
  verb: "transfer",
  summary: "Moves margin between two accounts of one owner.",
  args: [
    ["<amount>", "USD"],
    ["<from>", "account"],
    ["<to>", "account"],
  ],
  example: "500 0 1",
  async run(session, args) {
    const amountUsd = parsePositive(args.amount!, "amount");
    const breakwater = await session.breakwater();
    const [from, to] = [await session.account(args.from), await session.account(args.to)];
    if (from === to) throw new InputError(`from and to are the same account, ${formatAccount(from)}`);
    const { clearinghouse } = breakwater;
    return change(session, {
      what: `move ${formatExact(amountUsd, 2)} USD from ${formatAccount(from)} to ${formatAccount(to)}`,
      act: (how) => transferMargin(breakwater, { ...how, from, to, amountUsd }),
      watch: async () => [
        fact("from", "margin of the first, USD", usd((await clearinghouse.account(from)).margin)),
        fact("to", "margin of the second, USD", usd((await clearinghouse.account(to)).margin)),
      ],
    });
  },
};

const operator: CommandSpec = {
  verb: "operator",
  summary: "Lets another address trade for all of one's accounts; --revoke ends it.",
  args: [["<address>", "the operator"]],
  options: [["--revoke", "it may no longer"]],
  example: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
  async run(session, args, { revoke }) {
    const address = parseAddress(args.address!, "address");
    const breakwater = await session.breakwater();
    const mine = toAccountId(await session.self());
    return change(session, {
      what: `${revoke ? "no longer let" : "let"} ${address} trade for ${await session.self()}`,
      act: (how) => setOperator(breakwater, { ...how, operator: address, isApproved: !revoke }),
      watch: async () => [
        fact("isOperator", "may act", figures.yesNo(await breakwater.clearinghouse.isAuthorized(mine, address))),
      ],
    });
  },
};

const replay: CommandSpec = {
  verb: "replay",
  summary: "Applies to a position the deleveraging events it has missed. Anybody may.",
  args: [["<market>", "symbol or number"], ACCOUNT],
  example: "eth",
  async run(session, args) {
    const breakwater = await session.breakwater();
    const market = await listedMarket(breakwater, args.market!);
    const account = await session.account(args.account);
    return change(session, {
      what: `replay what ${formatAccount(account)} missed in ${formatMarket(breakwater.book, market)}`,
      act: (how) => replayAccount(breakwater, { ...how, account, market }),
      watch: async () => {
        const { margin } = await breakwater.clearinghouse.account(account);
        const { size } = await breakwater.clearinghouse.position(account, market);
        return [fact("margin", "margin, USD", usd(margin)), fact("size", "size", figures.size(size))];
      },
    });
  },
};

const settle: CommandSpec = {
  verb: "settle",
  summary: "Collects an account's unrealised losses into pool cash. Anybody may; equity stays.",
  args: [ACCOUNT],
  example: "0",
  async run(session, args) {
    const breakwater = await session.breakwater();
    const account = await session.account(args.account);
    return change(session, {
      what: `settle ${formatAccount(account)}`,
      act: (how) => settleAccount(breakwater, { ...how, account }),
      watch: () => healthOf(breakwater, account),
    });
  },
};

const liquidateCommand: CommandSpec = {
  verb: "liquidate",
  summary: "Closes as much of an account as restores its health. Anybody may, and earns; --dry-run previews.",
  args: [["<account>", "0xOwner or 0xOwner/1"]],
  example: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
  async run(session, args) {
    const breakwater = await session.breakwater();
    const account = await session.account(args.account);
    const keeper = await session.self();
    const preview = await previewLiquidation(breakwater, { account, keeper });
    const report = await change(session, {
      what: `liquidate ${formatAccount(account)}`,
      act: (how) => liquidate(breakwater, { ...how, account }),
      watch: async () => [
        ...(await healthOf(breakwater, account)),
        fact("keeperFees", "keeper's fees to claim, USD", usd(await breakwater.clearinghouse.feesOf(keeper))),
        fact("incidents", "incidents", figures.count(await breakwater.waterfall.incidentCount())),
      ],
    });
    if (!session.options.dryRun) return report;
    return [...report, ...liquidationPreview(breakwater, preview)];
  },
};

async function healthOf(breakwater: Breakwater, account: bigint): Promise<Fact[]> {
  const { margin, health, positions } = await readAccount(breakwater, { account });
  return [
    fact("margin", "margin, USD", usd(margin)),
    fact("equity", "equity, USD", maybe(health?.equity, usd)),
    fact("notional", "notional, USD", maybe(health?.notional, usd)),
    fact("positions", "positions", figures.count(positions.length)),
  ];
}

export default {
  noun: "account",
  summary: "A trader's margin.",
  commands: [show, list, depositCommand, withdrawCommand, transfer, operator, settle, replay, liquidateCommand],
} satisfies NounSpec;
