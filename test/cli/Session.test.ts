import { spawn, spawnSync } from "node:child_process";
import path from "node:path";
import { expect } from "chai";
import hre from "hardhat";
import { run } from "../../scripts/cli/run.ts";
import { crashedStage, PUBLIC_CHAIN, seededStage, tradingStage } from "./cliStage.ts";

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
      expect([code, stderr]).to.deep.equal([1, `error: not sent: print 100.00 mock USD for ${address[0]}\n`]);
      expect(await breakwater.token.balanceOf(address[0]!)).to.equal(0n);
    });

    it("sends nothing and ends as interrupted if the question is left", async function () {
      const { cli, address, breakwater } = await stage();
      const { code, stdout, stderr } = await cli(["faucet", "mint", "100"], { chainId: PUBLIC_CHAIN, answer: "left" });
      expect([code, stdout]).to.deep.equal([130, ""]);
      expect(stderr).to.equal(`error: interrupted, not sent: print 100.00 mock USD for ${address[0]}\n`);
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

  describe("where one of several steps is refused", function () {
    it("tells of those before it", async function () {
      const { cli, breakwater, address } = await networkHelpers.loadFixture(crashedStage);
      const keeper = ["claim", "fees", "--account-index", "6"];
      const asked = await cli(keeper, { chainId: PUBLIC_CHAIN, answer: [true, false] });
      expect(asked.code).to.equal(1);
      expect(asked.stderr).to.match(/^error: not sent: claim the fees of 0x\w+ from the orders\n$/);
      expect(asked.stdout).to.match(/done +claim the fees of 0x\w+ from the clearinghouse/);
      expect(asked.stdout)
        .to.match(/send +0x[0-9a-f]{64}/)
        .and.to.not.include("from the orders");
      expect(await breakwater.clearinghouse.feesOf(address[6]!)).to.equal(0n);
      expect(await breakwater.orders.feesOf(address[6]!)).to.be.greaterThan(0n);
    });

    it("tells of an approval that is out, as a program too", async function () {
      const { cli, breakwater, address } = await stage();
      await cli(["faucet", "mint", "100"]);
      const argv = ["order", "submit", "eth", "1", "--expires", "2d", "--json"];
      const late = await cli(argv);
      expect(late.code).to.equal(1);
      expect(late.stderr).to.match(/^error: Orders_DeadlineTooLate\(.*a market order can wait a day at most\n$/);
      const { transactions, action } = JSON.parse(late.stdout);
      expect(action).to.match(/^order to buy 1 ETH/);
      expect(transactions).to.have.lengthOf(1);
      expect(transactions[0]).to.include({ step: "approve the vault" });
      expect(await breakwater.token.allowance(address[0]!, breakwater.vault)).to.be.greaterThan(0n);
    });
  });

  describe("--from", function () {
    it("acts as this account of the node", async function () {
      const { cli, address } = await stage();
      const { stdout } = await cli(["faucet", "mint", "5", "--from", address[3]!, "--json"]);
      expect(JSON.parse(stdout).action).to.equal(`print 5.00 mock USD for ${address[3]}`);
    });
  });

  describe("a signed order", function () {
    it("says in one line that it cannot be written, and where", async function () {
      const { cli, deployments } = await networkHelpers.loadFixture(tradingStage);
      for (const [out, why] of [
        ["/dev/full", "the disk is full"],
        [deployments, "it is a folder"],
        [`${deployments}/none/order.json`, "no such file or folder"],
      ]) {
        const { code, stdout, stderr } = await cli([
          "order",
          "sign",
          "eth",
          "2",
          "--out",
          out!,
          "--account-index",
          "4",
        ]);
        expect([code, stdout, stderr]).to.deep.equal([1, "", `error: --out ${out}: ${why}\n`]);
      }
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

    it("says in one line that what it prints cannot be written", async function () {
      const shell = (line: string) =>
        spawnSync("bash", ["-c", `set -o pipefail; ${process.execPath} scripts/cli/breakwater.ts ${line}`], {
          cwd: ROOT,
          encoding: "utf8",
        });
      const full = shell("--help > /dev/full");
      expect([full.status, full.stderr]).to.deep.equal([1, "error: standard output: the disk is full\n"]);
      const closed = shell("--help | true");
      expect([closed.status, closed.stderr]).to.deep.equal([0, ""]);
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
