import { readInsurance } from "../../sdk/actions/readInsurance.ts";
import type { CommandSpec, NounSpec } from "../command.ts";
import { oneOf } from "../options.ts";
import * as figures from "../report.ts";
import { fact, maybe, usd } from "../report.ts";
import { cancelIn, claimFrom, depositInto, record, redeemFrom, requestsTable, settle } from "../vaultCommands.ts";

const show: CommandSpec = {
  verb: "show",
  summary: "What the fund has, and what it would pay today.",
  example: "",
  async run(session) {
    const state = await readInsurance(await session.breakwater());
    const { shares } = state;
    return [
      {
        facts: [
          fact("assets", "assets, USD", usd(state.assets)),
          fact("available", "would pay now, USD", usd(state.available)),
          fact("maxDrawPerDayBps", "at most a day", figures.bps(state.maxDrawPerDayBps)),
          fact("supply", "shares", figures.shares(shares.supply)),
          fact("price", "a share, USD", figures.price(shares.price)),
          fact("epoch", "epoch", figures.ordinal(shares.epoch)),
          fact("epochEndsAt", "ends", figures.time(shares.epochEndsAt)),
          fact("recordedEpoch", "recorded, not settled", maybe(state.record?.epoch, figures.count)),
        ],
      },
    ];
  },
};

const stake: CommandSpec = {
  verb: "stake",
  summary: "Asks to put dollars into the fund with the next epoch; approves the vault for them first.",
  args: [["<amount>", "USD"]],
  example: "50000",
  run: (session, { amount }) => depositInto(session, "insurance", amount!),
};

const unstake: CommandSpec = {
  verb: "unstake",
  summary: "Asks to redeem shares with the next epoch; they stay at risk until it is settled.",
  args: [["<shares>", "whole shares, or all"]],
  example: "all",
  run: (session, { shares }) => redeemFrom(session, "insurance", shares!),
};

const requests: CommandSpec = {
  verb: "requests",
  summary: "What one holds of the fund, has asked for and can claim.",
  args: [["[holder]", "one's own unless given"]],
  example: "",
  async run(session, { holder }) {
    return [await requestsTable(session, ["insurance"], await session.whose(holder, "holder"))];
  },
};

const claim: CommandSpec = {
  verb: "claim",
  summary: "Takes what settled epochs have brought: shares of stakes, dollars of redemptions.",
  example: "",
  run: (session) => claimFrom(session, "insurance"),
};

const cancel: CommandSpec = {
  verb: "cancel",
  summary: "Takes back what was requested in the epoch running now.",
  args: [["<kind>", "deposit or redemption"]],
  example: "deposit",
  run: (session, { kind }) => cancelIn(session, "insurance", oneOf(kind!, ["deposit", "redemption"], "kind")),
};

const recordCommand: CommandSpec = {
  verb: "record",
  summary: "Puts the fund's assets at the end of an epoch on record. Anybody may.",
  example: "",
  run: (session) => record(session, "insurance"),
};

const settleCommand: CommandSpec = {
  verb: "settle",
  summary: "Settles the requests of the recorded epoch, half an hour after the record. Anybody may.",
  example: "",
  run: (session) => settle(session, "insurance"),
};

export default {
  noun: "insurance",
  summary: "The insurance fund, which pays first.",
  commands: [show, stake, unstake, requests, claim, cancel, recordCommand, settleCommand],
} satisfies NounSpec;
