import { checkDeployment } from "../../sdk/actions/checkDeployment.ts";
import { readMarkets } from "../../sdk/actions/readMarkets.ts";
import { readRoles } from "../../sdk/actions/readRoles.ts";
import { InputError } from "../../shared/inputError.ts";
import type { CommandSpec, NounSpec } from "../command.ts";
import { count, fact, maybe, ordinal, price, text, yesNo } from "../report.ts";
import { holders } from "./role.ts";

const check: CommandSpec = {
  verb: "check",
  summary: "Whether the deployment is whole: code, wiring, markets, roles.",
  example: "--network sepolia",
  async run(session) {
    const breakwater = await session.breakwater();
    const [checks, markets, roles] = await Promise.all([
      checkDeployment(breakwater),
      readMarkets(breakwater),
      readRoles(breakwater),
    ]);
    const bad = checks.filter(({ isGood }) => !isGood);
    if (bad.length > 0)
      throw new InputError(`deployment on chain ${breakwater.book.chainId}: ${bad[0]!.what} is not so`);
    return [
      {
        facts: [
          fact("chainId", "chain", ordinal(breakwater.book.chainId)),
          fact("startBlock", "deployed in block", ordinal(breakwater.book.startBlock)),
          fact("isWhole", "whole", yesNo(true)),
        ],
      },
      {
        key: "checks",
        columns: [
          { key: "what", head: "checked" },
          { key: "isGood", head: "good" },
        ],
        rows: checks.map(({ what, isGood }) => ({ what: text(what), isGood: yesNo(isGood) })),
      },
      {
        key: "markets",
        title: "Markets",
        columns: [
          { key: "market", head: "id" },
          { key: "symbol", head: "market" },
          { key: "state", head: "state" },
          { key: "price", head: "price, USD" },
        ],
        rows: markets.map((market) => ({
          market: count(market.market),
          symbol: text(market.symbol),
          state: text(market.state),
          price: maybe(market.price, price),
        })),
      },
      holders(roles),
    ];
  },
};

const addresses: CommandSpec = {
  verb: "addresses",
  summary: "Addresses of all contracts.",
  example: "--json",
  async run(session) {
    const { book, token } = await session.breakwater();
    const listed = Object.entries({ token: await token.getAddress(), ...book.addresses });
    return [
      {
        key: "addresses",
        columns: [
          { key: "name", head: "contract" },
          { key: "address", head: "address" },
        ],
        rows: listed.map(([name, address]) => ({ name: text(name), address: text(address) })),
      },
    ];
  },
};

export default {
  noun: "deploy",
  summary: "The deployment itself.",
  commands: [check, addresses],
} satisfies NounSpec;
