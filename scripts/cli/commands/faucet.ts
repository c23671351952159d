import { mintMockUsd } from "../../sdk/actions/mintMockUsd.ts";
import { formatExact, fromNative, parsePayable } from "../../sdk/units.ts";
import { change } from "../change.ts";
import type { CommandSpec, NounSpec } from "../command.ts";
import { fact, usd } from "../report.ts";

const mint: CommandSpec = {
  verb: "mint",
  summary: "Prints mock dollars, for oneself unless another address is given.",
  args: [
    ["<amount>", "USD"],
    ["[to]", "address"],
  ],
  example: "10000",
  async run(session, args) {
    const breakwater = await session.breakwater();
    const amountUsd = parsePayable(args.amount!, "amount", breakwater.scale);
    const to = await session.whose(args.to, "to");
    return change(session, {
      what: `print ${formatExact(amountUsd, 2)} mock USD for ${to}`,
      act: (how) => mintMockUsd(breakwater, { ...how, to, amountUsd }),
      watch: async () => [
        fact("balance", "balance, USD", usd(fromNative(await breakwater.token.balanceOf(to), breakwater.scale))),
      ],
    });
  },
};

export default { noun: "faucet", summary: "Money of a chain of one's own.", commands: [mint] } satisfies NounSpec;
