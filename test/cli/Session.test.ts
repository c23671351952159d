import { spawn } from "node:child_process";
import path from "node:path";
import { expect } from "chai";
import hre from "hardhat";
import { run } from "../../scripts/cli/run.ts";
import { PUBLIC_CHAIN, seededStage, tradingStage } from "./cliStage.ts";

const connection = await hre.network.create();
const { networkHelpers } = connection;

const ROOT = path.resolve(import.meta.dirname, "../..");

describe("The command line", function () {
  const stage = () => networkHelpers.loadFixture(seededStage);

  describe("before it sends", function () {
    it("asks on a chain that is not one's own, and says what, where and as whom", async function () {
      const { cli, address, breakwater } = await stage();
      const { code, stderr, questions } = await cli(["faucet", "mint", "100"], {
        chainId: PUBLIC_CHAIN,
        answer: false,
      });
      expect(questions).to.deep.equal([`print 100.00 mock USD for ${address[0]} on localhost as ${address[0]}?`]);
      expect([code, stderr]).to.deep.equal([1, "error: nothing was sent\n"]);
      expect(await breakwater.token.balanceOf(address[0]!)).to.equal(0n);
    });

    it("sends once that was answered", async function () {
      const { cli, address, breakwater } = await stage();
      expect(await cli(["faucet", "mint", "100"], { chainId: PUBLIC_CHAIN, answer: true })).to.include({ code: 0 });
      expect(await breakwater.token.balanceOf(address[0]!)).to.equal(100_000_000n);
    });

    it("wants --yes where nobody can answer", async function () {
      const { cli, address, breakwater } = await stage();
      const { code, stderr } = await cli(["faucet", "mint", "100"], { chainId: PUBLIC_CHAIN });
      expect(code).to.equal(1);
      expect(stderr).to.match(/^error: this would print 100\.00 mock USD .*: add --yes to send it, or --dry-run\n$/);
      expect(await breakwater.token.balanceOf(address[0]!)).to.equal(0n);
      expect(await cli(["faucet", "mint", "100", "--yes"], { chainId: PUBLIC_CHAIN })).to.include({ code: 0 });
    });

    it("does not ask on a chain of one's own", async function () {
      const { cli } = await stage();
      expect((await cli(["faucet", "mint", "100"], { answer: false })).questions).to.deep.equal([]);
    });
  });

  describe("--dry-run", function () {
    it("sends nothing and needs no answer", async function () {
      const { cli, provider, address } = await stage();
      await cli(["faucet", "mint", "100"]);
      const block = await provider.getBlockNumber();
      const nonce = await provider.getTransactionCount(address[0]!);
      const { code, stdout } = await cli(["account", "deposit", "60", "--dry-run"], { chainId: PUBLIC_CHAIN });
      expect(code).to.equal(0);
      expect(stdout).to.include("would  deposit 60.00 USD").and.to.include("nothing (dry run)");
      expect(await provider.getBlockNumber()).to.equal(block);
      expect(await provider.getTransactionCount(address[0]!)).to.equal(nonce);
    });

    it("says of a step that the one before it is not sent", async function () {
      const { cli } = await stage();
      await cli(["faucet", "mint", "100"]);
      const { stdout } = await cli(["account", "deposit", "60", "--dry-run", "--json"]);
      const { transactions, isDryRun } = JSON.parse(stdout);
      expect(isDryRun).to.equal(true);
      expect(transactions.map(({ step }: { step: string }) => step)).to.deep.equal(["approve the vault", "send"]);
      expect(transactions[0].gas).to.be.greaterThan(20_000);
      expect(transactions[1]).to.include({ gas: null, hash: null });
    });

    it("fails as the transaction would", async function () {
      const { cli } = await stage();
      const { code, stderr } = await cli(["pool", "reset", "--dry-run"]);
      expect(code).to.equal(1);
      expect(stderr).to.match(/^error: LiquidityPool_ResetNotDue\(/);
    });

    it("says what a liquidation would do, and who would pay", async function () {
      const { cli, address, breakwater, keeper } = await networkHelpers.loadFixture(tradingStage);
      await breakwater.mockPrices!.connect(keeper).setPrice(0, 2_500n * 10n ** 18n);
      const argv = ["account", "liquidate", address[4]!];
      const { stdout } = await cli([...argv, "--dry-run", "--json"]);
      const { preview, closed, layers, changes } = JSON.parse(stdout);
      expect(preview).to.include({ isExact: true, closeFraction: "1", keeperEarns: "2", penalty: "0" });
      expect(closed).to.deep.equal([{ market: "ETH", sizeDelta: "-100", sizeAfter: "0", price: "2500" }]);
      expect(changes.incidents.before).to.equal(0);
      // Then it is done, and the record says the same.
      await cli([...argv, "--account-index", "6"]);
      const incident = JSON.parse((await cli(["incident", "show", "1", "--json"])).stdout);
      expect(preview.deficit).to.equal(incident.deficit);
      type Layer = { layer: string; amount: string };
      const paid = (list: Layer[]) => list.map(({ layer, amount }) => [layer, amount]);
      expect(paid(layers)).to.deep.equal(paid(incident.layers));
    });
  });

  describe("when the node refuses for a reason nobody foresaw", function () {
    it("shows neither the key in its URL nor what was signed", async function () {
      const raw = `0x02f8${"6b".repeat(300)}`;
      const url = "https://eth.example/v2/s3cret-key";
      const error = new Error(`server response 429 (requestUrl="${url}", params=["${raw}"])`);
      const said: string[] = [];
      const code = await run(["deploy", "check"], {
        stdout: { write: (text) => said.push(text) },
        stderr: { write: (text) => said.push(text) },
        isInteractive: false,
        ask: async () => false,
        openNetwork: () => Promise.reject(error),
      });
      expect(said.join("")).to.equal(
        'error: unexpected: server response 429 (requestUrl="https://eth.example", params=["0x02f86b6b…"])\n',
      );
      expect(code).to.equal(1);
    });
  });

  describe("--from", function () {
    it("acts as this account of the node", async function () {
      const { cli, address } = await stage();
      const { stdout } = await cli(["faucet", "mint", "5", "--from", address[3]!, "--json"]);
      expect(JSON.parse(stdout).action).to.equal(`print 5.00 mock USD for ${address[3]}`);
    });
  });

  describe("a deposit with a permit", function () {
    it("takes one transaction", async function () {
      const { cli, breakwater, address } = await stage();
      await cli(["faucet", "mint", "100"]);
      const { stdout } = await cli(["account", "deposit", "60", "--permit", "--json"]);
      expect(JSON.parse(stdout).transactions.length).to.equal(1);
      expect((await breakwater.clearinghouse.account(BigInt(address[0]!) << 96n)).margin).to.equal(60n * 10n ** 18n);
      expect(await breakwater.token.nonces(address[0]!)).to.equal(1n);
    });
  });

  describe("as a program", function () {
    const run = (...argv: string[]) =>
      new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
        const child = spawn(process.execPath, ["scripts/cli/breakwater.ts", ...argv], { cwd: ROOT });
        const out = { stdout: "", stderr: "" };
        child.stdout.on("data", (data) => (out.stdout += data));
        child.stderr.on("data", (data) => (out.stderr += data));
        child.on("close", (code) => resolve({ code, ...out }));
      });

    it("lists every noun and ends with 0", async function () {
      const { code, stdout, stderr } = await run("--help");
      expect([code, stderr]).to.deep.equal([0, ""]);
      for (const noun of [
        "deploy",
        "account",
        "position",
        "order",
        "pool",
        "insurance",
        "incident",
        "claim",
        "oracle",
      ]) {
        expect(stdout).to.match(new RegExp(`^  ${noun}\\b`, "m"));
      }
    });

    it("ends with 1 and one line, without a stack trace", async function () {
      const { code, stdout, stderr } = await run("market", "list", "--network", "nowhere");
      expect([code, stdout]).to.deep.equal([1, ""]);
      expect(stderr).to.equal(
        "error: --network nowhere: not one of localhost, sepolia, arbitrumSepolia, baseSepolia\n",
      );
    });

    it("lists the verbs of a noun without one, and ends with 1", async function () {
      const { code, stdout, stderr } = await run("account");
      expect([code, stdout]).to.deep.equal([1, ""]);
      expect(stderr)
        .to.include("deposit [options] <amount> [account]")
        .and.to.match(/\nerror: which one\? see the list above\n$/);
    });
  });
});
