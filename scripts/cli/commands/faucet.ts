import { getAddress, isAddress } from "ethers";
import { mintMockUsd } from "../../sdk/actions/mintMockUsd.ts";
import { formatUsd, fromNative, parsePositive } from "../../sdk/units.ts";
import { InputError } from "../../shared/inputError.ts";
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
    const amountUsd = parsePositive(args.amount!, "amount");
    if (args.to !== undefined && !isAddress(args.to)) throw new InputError(`to: "${args.to}" is not an address`);
    const breakwater = await session.breakwater();
    const to = args.to === undefined ? await session.self() : getAddress(args.to);
    return change(session, {
      what: `print ${formatUsd(amountUsd)} mock USD for ${to}`,
      act: (how) => mintMockUsd(breakwater, { ...how, to, amountUsd }),
      watch: async () => [
        fact("balance", "balance, USD", usd(fromNative(await breakwater.token.balanceOf(to), breakwater.scale))),
      ],
    });
  },
};

export default { noun: "faucet", summary: "Money of a chain of one's own.", commands: [mint] } satisfies NounSpec;
