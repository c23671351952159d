import { expect } from "chai";
import hre from "hardhat";
import { tradingStage } from "./cliStage.ts";

const connection = await hre.network.create();
const ALICE = ["--account-index", "4"];
const MISTYPED = "0x70997970c51812dc3A010C7d01b50e0d17dc79C8";

/** What somebody may type, and the one line that says what is wrong with it. Nothing is sent. */
const REFUSED: [argv: string, line: string | RegExp][] = [
  ["faucet mint 1,5", 'amount: "1,5" has a comma: write 1250.5 or 1_250.5'],
  ["account deposit 1,000", 'amount: "1,000" has a comma: write 1250.5 or 1_250.5'],
  ["pool deposit junior 1,000", /^amount: "1,000" has a comma/],
  ["insurance unstake 1,5", /^shares: "1,5" has a comma/],
  ["position open long eth --size 1,5", /^--size: "1,5" has a comma/],
  ["position open long eth --size 1 --slippage 0,5%", /^--slippage .*: "0,5" has a comma/],
  ["order submit eth 1 --limit 3,000", /^--limit: "3,000" has a comma/],
  ["oracle set-price eth 2,700", /^price: "2,700" has a comma/],
  ["market gap eth 2,700", /^price: "2,700" has a comma/],
  ["role call orders setKeeperFee 1,000", /^fee: "1,000" has a comma/],
  ["faucet mint 0.0000001", 'amount: "0.0000001" is finer than a unit of the token, 0.000001 USD'],
  ["account withdraw 0.0000001", /^amount: "0.0000001" is finer than a unit of the token/],
  ["account deposit 99999999999999", 'amount: "99999999999999" is more than 10,000,000,000,000'],
  ["position open long eth --size 99999999999999", /^--size: "99999999999999" is more than 10,000,000,000,000$/],
  ["account withdraw all", /^nothing can leave 0xf39F\w+\/0 now: it has no margin$/],
  ["account transfer 1 0 0", /^from and to are the same account, 0xf39F\w+\/0$/],
  [
    `account show ${MISTYPED}/1`,
    `account: ${MISTYPED} is mistyped: its checksum (the capitals, EIP-55) does not match`,
  ],
  [`account operator ${MISTYPED}`, /^address: 0x70997970c5\w+ is mistyped/],
  [`faucet mint 5 ${MISTYPED}`, /^to: 0x70997970c5\w+ is mistyped/],
  [`pool requests ${MISTYPED}`, /^holder: 0x70997970c5\w+ is mistyped/],
  [`insurance requests ${MISTYPED}`, /^holder: 0x70997970c5\w+ is mistyped/],
  [`account show --from ${MISTYPED}`, /^--from: 0x70997970c5\w+ is mistyped/],
  ["position open long eth --size 1 --slippage -1%", '--slippage: "-1%": not from 0% to 100%'],
  ["position preview long eth --size 1 --slippage 5", '--slippage: "5" is 500.00%: not from 0% to 100%'],
  ["position close eth --share -50%", '--share: "-50%": not from 0% to 100%'],
  ["position open long 7 --size 1", "market 7: there are 2; `market list` shows them"],
  ["order submit 7 1", "market 7: there are 2; `market list` shows them"],
  ["account replay 7", "market 7: there are 2; `market list` shows them"],
  ["oracle show 7", "market 7: there are 2; `market list` shows them"],
  ["market restrict eth 33.337% 1h", 'share: "33.337%" is finer than 0.01%'],
  ["market restrict eth 100% 1h", "share: all of the caps is no restriction; a time of 0 ends one"],
  ["market restrict eth 50% 4d", /^RiskConfig_OutOfBounds\(name duration in seconds, has 345600, min 0, max 259200\)$/],
  ["chain advance 99999999999999999999", 'time: "99999999999999999999" is more than 3650d'],
  ["order submit eth 1 --expires 9999999d", '--expires: "9999999d" is more than 3650d'],
  ["order list --limit 0", '--limit: "0" is not from 1 to 10,000'],
  ["incident list --limit 0", '--limit: "0" is not from 1 to 10,000'],
  [`order sign eth 1 --nonce ${"9".repeat(80)}`, /^--nonce: "9+" is too large$/],
  [
    "claim fees --of clearinghouse --account-index 5",
    /^Clearinghouse_NothingToClaim\(.*: nothing has come in since the last claim$/,
  ],
  ["role call steward adjustRisk penalty 5", /^parameter: "penalty" is not one of penaltyBps, /],
];

describe("The command line refuses", function () {
  for (const [argv, line] of REFUSED) {
    it(argv, async function () {
      const { cli, provider } = await connection.networkHelpers.loadFixture(tradingStage);
      const block = await provider.getBlockNumber();
      const { code, stdout, stderr } = await cli(argv.split(" "));
      expect([code, stdout]).to.deep.equal([1, ""]);
      const [, said] = /^error: ([^\n]+)\n$/.exec(stderr)!;
      if (typeof line === "string") expect(said).to.equal(line);
      else expect(said).to.match(line);
      expect(await provider.getBlockNumber()).to.equal(block);
    });
  }
});

describe("The command line shows what is sent", function () {
  const stage = () => connection.networkHelpers.loadFixture(tradingStage);

  it("to the last digit of what was typed", async function () {
    const { cli } = await stage();
    const action = async (argv: string) => JSON.parse((await cli([...argv.split(" "), "--json"])).stdout).action;
    expect(await action("faucet mint 1.234567")).to.match(/^print 1\.234567 mock USD/);
    expect(await action("oracle set-price eth 2700.123456789")).to.equal("set the price of ETH to 2,700.123456789 USD");
    expect(await action(`position open long eth --size 0.0000001234 ${ALICE.join(" ")}`)).to.match(/0\.0000001234 ETH/);
    expect(await action("market restrict eth 33.33% 90061")).to.equal(
      "leave openings in ETH 33.33% of the caps for 1 d 1 h 1 m 1 s",
    );
  });

  it("of all that can leave, in whole units of the token", async function () {
    const { cli } = await stage();
    const argv = ["account", "withdraw", "all", "--account-index", "5", "--json"];
    const { action, changes } = JSON.parse((await cli(argv)).stdout);
    const [, amount] = /^withdraw ([\d,]+\.\d{2,6}) USD/.exec(action)!;
    const left = Number(changes.margin.before) - Number(changes.margin.after);
    expect(Math.abs(left - Number(amount!.replaceAll(",", "")))).to.be.lessThan(1e-6);
  });
});
