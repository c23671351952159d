import { formatEther } from "ethers";
import { formatDuration, formatTime, fromNative, parseDuration } from "../../sdk/units.ts";
import { InputError } from "../../shared/inputError.ts";
import type { CommandSpec, NounSpec } from "../command.ts";
import { count, fact, text, usd } from "../report.ts";

const advance: CommandSpec = {
  verb: "advance",
  summary: "Moves the clock of a development node and mines a block.",
  args: [["<time>", "90s, 15m, 2h, 3d"]],
  example: "1h",
  async run(session, { time }) {
    const seconds = parseDuration(time!, "time");
    const { provider, name } = await session.network();
    if (!session.options.dryRun) {
      try {
        await provider.send("evm_increaseTime", [Number(seconds)]);
        await provider.send("evm_mine", []);
      } catch {
        throw new InputError(`--network ${name}: only a development node (hardhat, anvil) lets its clock be moved`);
      }
    }
    const block = await provider.getBlock("latest");
    const now = block?.timestamp ?? 0;
    return [
      {
        facts: [
          fact("seconds", session.options.dryRun ? "would advance" : "advanced", {
            text: formatDuration(seconds, 4),
            json: Number(seconds),
          }),
          fact("now", "now", { text: formatTime(now), json: now }),
          fact("block", "block", count(block?.number ?? 0)),
        ],
      },
    ];
  },
};

const accounts: CommandSpec = {
  verb: "accounts",
  summary: "Accounts of the node that can sign, by --account-index.",
  example: "",
  async run(session) {
    const [{ provider }, { token, scale }] = await Promise.all([session.network(), session.breakwater()]);
    const listed = await provider.listAccounts().catch(() => []);
    const rows = await Promise.all(
      listed.map(async ({ address }, index) => {
        const [wei, native] = await Promise.all([provider.getBalance(address), token.balanceOf(address)]);
        const ether = formatEther(wei);
        return {
          index: count(index),
          address: text(address),
          ether: { text: Number(ether).toFixed(4), json: ether, isRight: true },
          usd: usd(fromNative(native, scale)),
        };
      }),
    );
    return [
      {
        key: "accounts",
        columns: [
          { key: "index", head: "index" },
          { key: "address", head: "address" },
          { key: "ether", head: "ether" },
          { key: "usd", head: "USD" },
        ],
        rows,
        empty: "the node holds no keys; this network signs with a key of one's own",
      },
    ];
  },
};

export default {
  noun: "chain",
  summary: "The node one talks to.",
  commands: [advance, accounts],
} satisfies NounSpec;
