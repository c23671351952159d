import { expect } from "chai";
import { toBeHex } from "ethers";
import { readSources } from "../../scripts/checks/repository.ts";
import type { AddressBook } from "../../scripts/sdk/addressBook.ts";
import type { Breakwater } from "../../scripts/sdk/contracts.ts";
import { GOVERNED_INTERFACES, type GovernedName } from "../../scripts/sdk/governedAbis.ts";
import { decodeGovernedCall, describeGovernedCall, encodeGovernedCall } from "../../scripts/sdk/governedCalls.ts";
import { ENUMS } from "../../scripts/sdk/governedValues.ts";
import { InputError } from "../../scripts/shared/inputError.ts";
import { PLAIN_MARKET } from "../../scripts/shared/world.ts";

const addressOf = (n: number) => toBeHex(n, 20);
const book = {
  chainId: 31_337n,
  addresses: {
    access: addressOf(1),
    clearinghouse: addressOf(2),
    orders: addressOf(3),
    oracle: addressOf(4),
    chainlink: addressOf(5),
    steward: addressOf(6),
  },
  symbols: new Map([[0, "ETH"]]),
} as unknown as AddressBook;

/** The manager of a deployment in which these functions have a role. */
const ASSIGNED = ["setMarketParams", "setMarketState", "listMarket", "setKeeperFee", "setSource", "adjustRisk"];
const selectors = Object.values(GOVERNED_INTERFACES).flatMap((face) =>
  ASSIGNED.flatMap((fn) => face.getFunction(fn)?.selector ?? []),
);
const access = { getTargetFunctionRole: async (_: string, one: string) => (selectors.includes(one) ? 1n : 0n) };
const breakwater = { book, access } as unknown as Breakwater;

const encode = (contract: string, fn: string, ...args: string[]) =>
  encodeGovernedCall(breakwater, { contract, fn, args });
const describeCall = async (contract: string, fn: string, ...args: string[]) =>
  describeGovernedCall(book, await encode(contract, fn, ...args));

describe("governed calls", function () {
  const PARAMS = JSON.stringify(PLAIN_MARKET, (_, one) => (typeof one === "bigint" ? one.toString() : one));

  it("are what the ABI encodes, and come back as words", async function () {
    for (const [contract, fn, args, values, words] of [
      ["orders", "setKeeperFee", ["1.5e18"], [15n * 10n ** 17n], "fee 1500000000000000000 (1.5 if a WAD)"],
      ["Orders", "setKeeperFee", ["1_000_000"], [1_000_000n], "fee 1000000"],
      ["clearinghouse", "setMarketState", ["eth", "reduce-only"], [0n, 1n], "id 0 (ETH), state 1 (reduce-only)"],
      ["clearinghouse", "setMarketState", ["7", "2"], [7n, 2n], "id 7 (market 7), state 2 (halted)"],
      ["steward", "adjustRisk", ["penaltyBps", "55"], [0n, 55n], "parameter 0 (penaltyBps), value 55"],
      ["steward", "adjustRisk", ["2", "55"], [2n, 55n], "parameter 2 (maxMarkAge), value 55"],
      [
        "oracle",
        "setSource",
        ["ETH", "chainlink"],
        [0n, addressOf(5)],
        `market 0 (ETH), source ${addressOf(5)} (chainlink)`,
      ],
      [
        "access",
        "setTargetFunctionRole",
        ["orders", '["0xfd7c58f6", "0x01020304"]', "guardian"],
        [addressOf(3), ["0xfd7c58f6", "0x01020304"], 3n],
        undefined,
      ],
      [
        "access",
        "setTargetClosed",
        ["oracle", "yes"],
        [addressOf(4), true],
        `target ${addressOf(4)} (oracle), closed true`,
      ],
      [
        "access",
        "grantRole",
        ["governor", addressOf(55), "604800"],
        [1n, addressOf(55), 604_800n],
        `roleId 1 (governor), account ${addressOf(55)}, executionDelay 604800 (7 d)`,
      ],
      // A label is anybody's text: it must not move the cursor of whoever reads it.
      [
        "access",
        "labelRole",
        ["2", "\u001b[2Jsteward"],
        [2n, "\u001b[2Jsteward"],
        'roleId 2 (steward), label "\\u001b[2Jsteward"',
      ],
    ] as [string, string, string[], unknown[], string | undefined][]) {
      const { target, data } = await encode(contract, fn, ...args);
      const name = contract.toLowerCase() as GovernedName;
      expect(target, fn).to.equal(book.addresses[name]);
      expect(data, fn).to.equal(GOVERNED_INTERFACES[name].encodeFunctionData(fn, values));
      if (words !== undefined) expect(describeGovernedCall(book, { target, data })).to.equal(`${name}.${fn}(${words})`);
    }
  });

  it("take structs as objects in any order, and as lists", async function () {
    const { data } = await encode("clearinghouse", "listMarket", PARAMS);
    expect(data).to.equal(GOVERNED_INTERFACES.clearinghouse.encodeFunctionData("listMarket", [PLAIN_MARKET]));
    const reversed = JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(PARAMS)).reverse()));
    expect((await encode("clearinghouse", "listMarket", reversed)).data).to.equal(data);
    expect(
      (await encode("clearinghouse", "listMarket", JSON.stringify(Object.values(JSON.parse(PARAMS))))).data,
    ).to.equal(data);
    const { args } = decodeGovernedCall(book, { target: addressOf(2), data });
    expect(args).to.have.lengthOf(12);
    expect(args).to.deep.include({ name: "marketParams.imrBps", value: "200", text: "200 (2%)" });
    expect(args).to.deep.include({
      name: "marketParams.minNotionalCents",
      value: "100000",
      text: "100000 (1000 USD)",
    });
  });

  it("call what an enum has as the contracts do", async function () {
    const sources = [...(await readSources(/^contracts\/(types|interfaces)\/.*\.sol$/)).values()].join("\n");
    for (const [type, names] of Object.entries(ENUMS)) {
      const name = type.split(/[ .]/).at(-1);
      const [, body = ""] = new RegExp(`enum ${name} \\{([^}]*)\\}`).exec(sources) ?? [];
      const members = [...body.replaceAll(/\/\/.*/g, "").matchAll(/\w+/g)].map(([member]) => member.toLowerCase());
      expect(
        names.map((one) => one.replace("-", "").toLowerCase()),
        type,
      ).to.deep.equal(members);
    }
  });

  it("name the functions that a role is given", async function () {
    const { selector } = GOVERNED_INTERFACES.orders.getFunction("setKeeperFee")!;
    expect(
      await describeCall("access", "setTargetFunctionRole", "orders", `["${selector}", "0x01020304"]`, "2"),
    ).to.equal(
      `access.setTargetFunctionRole(target ${addressOf(3)} (orders), selectors [${selector} (setKeeperFee), ` +
        "0x01020304 (a function of no known contract)], roleId 2 (steward))",
    );
  });

  it("of nobody's stay what they are", function () {
    expect(describeGovernedCall(book, { target: addressOf(9), data: "0x01020304ff" })).to.equal(
      `${addressOf(9)}.0x01020304(…)`,
    );
    expect(describeGovernedCall(book, { target: addressOf(3), data: "0x01020304ff" })).to.equal("orders.0x01020304(…)");
    // Scheduled by somebody who left its values out: one such call must not hide the others.
    const { selector } = GOVERNED_INTERFACES.orders.getFunction("setKeeperFee")!;
    expect(describeGovernedCall(book, { target: addressOf(3), data: `${selector}ff` })).to.equal(
      `orders.${selector}(…)`,
    );
  });

  for (const [what, argv, line] of [
    [
      "a contract",
      ["vault", "post"],
      'contract: "vault" is not one of access, clearinghouse, orders, oracle, chainlink, steward',
    ],
    ["a contract of others", ["pyth", "setFeed"], /^the deployment on chain 31337 has no pyth: it has access, /],
    [
      "a function that needs no role",
      ["orders", "submit"],
      'orders has no governed function "submit": there are setKeeperFee',
    ],
    ["too few values", ["orders", "setKeeperFee"], "orders.setKeeperFee takes 1 arguments, not 0: fee (uint96)"],
    ["no number", ["orders", "setKeeperFee", "much"], 'fee: "much" is not a whole number like 5000 or 1.5e18'],
    ["a fraction", ["orders", "setKeeperFee", "1.55e1"], 'fee: "1.55e1" is not a whole number like 5000 or 1.5e18'],
    ["too much", ["orders", "setKeeperFee", "1e29"], "fee: 1e29 does not fit uint96"],
    ["too little", ["orders", "setKeeperFee", "-1"], "fee: -1 does not fit uint96"],
    ["a market", ["clearinghouse", "setMarketState", "doge", "0"], /^market: "doge" is not ETH or a number/],
    ["a state", ["clearinghouse", "setMarketState", "eth", "4"], /^state: "4" is not one of open, reduce-only, halted/],
    [
      "a parameter",
      ["steward", "adjustRisk", "penalty", "1"],
      /^parameter: "penalty" is not one of penaltyBps, keeper/,
    ],
    ["a comma", ["orders", "setKeeperFee", "1,000"], 'fee: "1,000" has a comma: write 1250.5 or 1_250.5'],
    [
      "a mistyped address",
      ["oracle", "setSource", "0", "0x70997970c51812dc3A010C7d01b50e0d17dc79C8"],
      /^source: 0x70997970c51812dc3A010C7d01b50e0d17dc79C8 is mistyped: its checksum/,
    ],
    ["an address", ["oracle", "setSource", "0", "0x12"], /^source: "0x12" is neither an address nor one of access, /],
    [
      "a selector",
      ["access", "setTargetFunctionRole", "oracle", '["0x12"]', "1"],
      'selectors[0]: "0x12" is not hexadecimal data of 4 bytes',
    ],
    ["a list", ["access", "setTargetFunctionRole", "oracle", "0x12345678", "1"], "selectors: not a list like [1, 2]"],
    ["yes or no", ["access", "setTargetClosed", "oracle", "maybe"], 'closed: "maybe" is neither true nor false'],
    ["a struct", ["clearinghouse", "listMarket", "5"], "marketParams: neither an object nor a list"],
    [
      "no JSON",
      ["clearinghouse", "listMarket", "{"],
      /^marketParams: not an object like \{skewScaleBase: …\} or a list of its 12 values$/,
    ],
    [
      "a field that is missing",
      ["clearinghouse", "listMarket", PARAMS.replace(/,"feeBps":\d+/, "")],
      "marketParams: feeBps missing",
    ],
    [
      "a field that is unknown",
      ["clearinghouse", "listMarket", PARAMS.replace("{", '{"feeBp":1,')],
      "marketParams: there is no feeBp",
    ],
    [
      "a number that JSON would round",
      ["clearinghouse", "listMarket", PARAMS.replace(/"maxPositionBase":"\d+"/, '"maxPositionBase":1e23')],
      "marketParams.maxPositionBase: write a number as large as this in quotes",
    ],
  ] as [string, [string, string, ...string[]], string | RegExp][]) {
    it(`say in one line what is wrong with ${what}`, async function () {
      const error = await encode(...argv).catch((reason) => reason);
      expect(error).to.be.instanceOf(InputError);
      if (typeof line === "string") expect(error.message).to.equal(line);
      else expect(error.message).to.match(line);
    });
  }
});
