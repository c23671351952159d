import { expect } from "chai";
import hre from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { ROLES } from "../../scripts/sdk/actions/readRoles.ts";
import { wad } from "../../scripts/shared/world.ts";
import { fields } from "../integration/stage.ts";
import { type CliStage, governedStage, PUBLIC_CHAIN, WEEK } from "./cliStage.ts";

const connection = await hre.network.create();
const { networkHelpers } = connection;

const GUARDIAN = ["--account-index", "7"];
const FEE = ["orders", "setKeeperFee", "2e18"];

describe("role", function () {
  const stage = () => networkHelpers.loadFixture(governedStage);
  const lineOf = (stderr: string) => stderr.replace(/^error: /, "").trimEnd();

  type Listed = { operationId: string; state: string; readyAt: number; call: string; caller: string };

  async function operations({ cli }: CliStage, ...more: string[]): Promise<Listed[]> {
    return JSON.parse((await cli(["role", "operations", "--json", ...more])).stdout).operations;
  }

  /** Schedules through the command line; its id. */
  async function announced({ cli }: CliStage, ...argv: string[]): Promise<string> {
    const { stdout, stderr } = await cli(["role", "schedule", ...argv, "--json"]);
    expect(stderr).to.equal("");
    return JSON.parse(stdout).result.operationId;
  }

  describe("schedule", function () {
    it("announces the very call, ready when the manager says", async function () {
      const set = await stage();
      const { access, orders, book } = set.breakwater;
      const operationId = await announced(set, ...FEE);
      const data = orders.interface.encodeFunctionData("setKeeperFee", [wad(2)]);
      expect(operationId).to.equal(await access.hashOperation(set.address[0]!, book.addresses.orders, data));
      const due = await access.getSchedule(operationId);
      expect(due).to.equal(BigInt(await networkHelpers.time.latest()) + WEEK);
      const [listed] = await operations(set);
      expect(listed).to.include({ operationId, state: "waiting", readyAt: Number(due), caller: set.address[0] });
    });

    it("asks for agreement with the calldata in words, not with what was typed", async function () {
      const { cli, address } = await stage();
      const argv = ["role", "schedule", "ORDERS", "setKeeperFee", "2_000_000_000_000_000_000"];
      const { code, questions } = await cli(argv, { chainId: PUBLIC_CHAIN, answer: false });
      expect(code).to.equal(1);
      expect(questions).to.have.lengthOf(1);
      expect(questions[0]).to.match(
        /^schedule orders\.setKeeperFee\(fee 2000000000000000000 \(2 if a WAD\)\), ready from 20.* UTC on localhost/,
      );
      expect(questions[0]).to.include(address[0]!);
    });

    it("sends nothing with --dry-run", async function () {
      const set = await stage();
      const { code, stdout } = await set.cli(["role", "schedule", ...FEE, "--dry-run"]);
      expect(code).to.equal(0);
      expect(stdout).to.include("would  schedule orders.setKeeperFee").and.to.include("nothing (dry run)");
      expect(await operations(set)).to.deep.equal([]);
    });

    it("waits longer with --in, and not shorter", async function () {
      const set = await stage();
      const now = BigInt(await networkHelpers.time.latest());
      const operationId = await announced(set, ...FEE, "--in", "9d");
      expect(await set.breakwater.access.getSchedule(operationId)).to.equal(now + 9n * 86_400n);
      const { code, stderr } = await set.cli(["role", "schedule", "orders", "setKeeperFee", "3e18", "--in", "1d"]);
      expect(code).to.equal(1);
      expect(lineOf(stderr)).to.match(
        /^orders\.setKeeperFee\(.*\) cannot be ready before 20.* UTC: the delay of 0xf39F\w+ runs till then$/,
      );
    });

    it("refuses what is scheduled already", async function () {
      const set = await stage();
      const operationId = await announced(set, ...FEE);
      const { code, stderr } = await set.cli(["role", "schedule", ...FEE]);
      expect(code).to.equal(1);
      expect(lineOf(stderr)).to.match(
        new RegExp(
          `^orders.setKeeperFee\\(.*\\) is scheduled already as ${operationId.slice(0, 10)}, ready from 20.* UTC$`,
        ),
      );
    });

    it("rehearses: what the contract would refuse is refused a week earlier, unless told otherwise", async function () {
      const set = await stage();
      const argv = ["insurance", "setMaxDrawPerDayBps", "10001"];
      const { code, stderr } = await set.cli(["role", "schedule", ...argv]);
      expect(code).to.equal(1);
      expect(lineOf(stderr)).to.match(
        /^insurance\.setMaxDrawPerDayBps\(.*10001 \(100\.01%\)\) would be refused now: InsuranceFund_\w+\(.*\) \(--unrehearsed schedules it all the same\)$/,
      );
      expect(await operations(set)).to.deep.equal([]);
      await announced(set, ...argv, "--unrehearsed");
      expect((await operations(set)).map(({ call }) => call)).to.deep.equal([
        "insurance.setMaxDrawPerDayBps(maxDrawPerDayBps 10001 (100.01%))",
      ]);
    });

    it("sends who needs no announcement to `role call`, and back", async function () {
      const set = await stage();
      const steward = await set.cli([
        "role",
        "schedule",
        "clearinghouse",
        "restrictOpening",
        "eth",
        "0",
        "60",
        ...GUARDIAN,
      ]);
      expect(lineOf(steward.stderr)).to.match(
        /^0x14dC\w+ holds the role guardian without a delay: .*`role call` does it$/,
      );
      const governor = await set.cli(["role", "call", ...FEE]);
      expect(lineOf(governor.stderr)).to.match(/^0xf39F\w+ has to announce orders\.setKeeperFee\(.*\) 7 d before/);
      const { code } = await set.cli([
        "role",
        "call",
        "clearinghouse",
        "restrictOpening",
        "eth",
        "0",
        "60",
        ...GUARDIAN,
      ]);
      expect(code).to.equal(0);
      const { restrictedUntil } = await set.breakwater.clearinghouse.market(0);
      expect(restrictedUntil).to.equal(BigInt(await networkHelpers.time.latest()) + 60n);
    });
  });

  describe("execute", function () {
    async function readyStage(connection: NetworkConnection) {
      const set = await connection.networkHelpers.loadFixture(governedStage);
      const operationId = await announced(set, ...FEE);
      await set.advance(Number(WEEK));
      return { ...set, operationId };
    }
    const ready = () => networkHelpers.loadFixture(readyStage);

    it("does what was announced, once", async function () {
      const set = await ready();
      const { code } = await set.cli(["role", "execute", set.operationId]);
      expect(code).to.equal(0);
      expect(await set.breakwater.orders.keeperFee()).to.equal(wad(2));
      expect(await operations(set)).to.deep.equal([]);
      const again = await set.cli(["role", "execute", set.operationId]);
      expect(lineOf(again.stderr)).to.match(/^operation 0x[0-9a-f]{8} was executed: schedule it again$/);
    });

    it("takes the beginning of an id, and asks for agreement with the calldata", async function () {
      const { cli, operationId } = await ready();
      const argv = ["role", "execute", operationId.slice(0, 7)];
      const { questions } = await cli(argv, { chainId: PUBLIC_CHAIN, answer: false });
      expect(questions[0]).to.match(
        /^execute 0x[0-9a-f]{8}: orders\.setKeeperFee\(fee 2000000000000000000 \(2 if a WAD\)\) on/,
      );
      expect(lineOf((await cli(["role", "execute", "first"])).stderr)).to.equal(
        'operation: "first" is not an id like 0x1f2e3d4c; `role operations` shows them',
      );
    });

    it("says who can if it is somebody else's", async function () {
      const { cli, operationId, address } = await ready();
      const { stderr } = await cli(["role", "execute", operationId, ...GUARDIAN]);
      expect(lineOf(stderr)).to.equal(
        `operation ${operationId.slice(0, 10)} can be executed by ${address[0]} only, who scheduled it; not by ${address[7]}`,
      );
    });

    it("says that it has expired, a week after it was ready; it can be announced anew", async function () {
      const set = await ready();
      await set.advance(Number(WEEK));
      const { stderr } = await set.cli(["role", "execute", set.operationId]);
      expect(lineOf(stderr)).to.match(/^operation 0x[0-9a-f]{8} expired at 20.* UTC: schedule it again$/);
      expect(await operations(set)).to.deep.equal([]);
      expect(await announced(set, ...FEE)).to.equal(set.operationId);
      expect((await operations(set, "--all")).map(({ state }) => state)).to.deep.equal(["waiting", "expired"]);
    });

    it("does changes of roles through the manager as well", async function () {
      const set = await stage();
      const { access } = set.breakwater;
      const operationId = await announced(set, "access", "grantRole", "steward", set.address[3]!, "0");
      expect((await operations(set))[0]!.call).to.equal(
        `access.grantRole(roleId 2 (steward), account ${set.address[3]}, executionDelay 0 (0 s))`,
      );
      await set.advance(Number(WEEK));
      expect((await set.cli(["role", "execute", operationId])).code).to.equal(0);
      expect((await access.hasRole(ROLES.steward, set.address[3]!)).isMember).to.equal(true);
    });

    it("does what takes a struct", async function () {
      const set = await stage();
      const { clearinghouse } = set.breakwater;
      const params = fields((await clearinghouse.market(0)).params);
      const json = JSON.stringify({ ...params, imrBps: 250n }, (_, one) => (typeof one === "bigint" ? `${one}` : one));
      const operationId = await announced(set, "clearinghouse", "setMarketParams", "eth", json);
      const { stdout } = await set.cli(["role", "operation", operationId]);
      expect(stdout)
        .to.match(/^id +0 \(ETH\)$/m)
        .and.to.match(/^marketParams\.imrBps +250 \(2\.5%\)$/m);
      await set.advance(Number(WEEK));
      expect((await set.cli(["role", "execute", operationId])).code).to.equal(0);
      expect((await clearinghouse.market(0)).params.imrBps).to.equal(250n);
    });
  });

  describe("--calldata", function () {
    it("prints what a wallet has to send, needs no key and sends nothing", async function () {
      const set = await stage();
      const { access, book } = set.breakwater;
      // The governor becomes a wallet whose key no node has.
      const wallet = "0x0000000000000000000000000000000000110011";
      const granted = await announced(set, "access", "grantRole", "governor", wallet, "604800");
      await set.advance(Number(WEEK));
      await set.cli(["role", "execute", granted]);
      const printed = async (...argv: string[]) => {
        const { stdout, stderr } = await set.cli(["role", ...argv, "--calldata", "--from", wallet, "--json"]);
        expect(stderr).to.equal("");
        const { to, data } = JSON.parse(stdout);
        expect(to).to.equal(book.addresses.access);
        return data as string;
      };
      const asWallet = async (data: string) => {
        await networkHelpers.impersonateAccount(wallet);
        await networkHelpers.setBalance(wallet, wad(1));
        const signer = await connection.ethers.getSigner(wallet);
        await signer.sendTransaction({ to: book.addresses.access, data });
      };
      const data = await printed("schedule", ...FEE);
      expect(await operations(set)).to.deep.equal([]);
      await asWallet(data);
      const [one] = await operations(set);
      expect(one).to.include({ state: "waiting", caller: wallet });
      const cancelling = await printed("cancel", one!.operationId);
      await set.advance(Number(WEEK));
      const executing = await printed("execute", one!.operationId);
      await asWallet(executing);
      expect(await set.breakwater.orders.keeperFee()).to.equal(wad(2));
      expect(access.interface.parseTransaction({ data: cancelling })!.args[0]).to.equal(wallet);
    });
  });

  describe("cancel", function () {
    it("is the guardian's and the governor's", async function () {
      for (const who of [GUARDIAN, []]) {
        const set = await stage();
        const operationId = await announced(set, ...FEE);
        expect((await set.cli(["role", "cancel", operationId, ...who])).code).to.equal(0);
        expect(await set.breakwater.access.getSchedule(operationId)).to.equal(0n);
        expect((await operations(set, "--all")).map(({ state }) => state)).to.deep.equal(["cancelled"]);
        const again = await set.cli(["role", "cancel", operationId]);
        expect(lineOf(again.stderr)).to.match(/^operation 0x[0-9a-f]{8} was cancelled already$/);
      }
    });

    it("is not the guardian's where it is about its own dismissal, and says whose it is", async function () {
      const set = await stage();
      const operationId = await announced(set, "access", "revokeRole", "guardian", set.address[7]!);
      const { stderr } = await set.cli(["role", "cancel", operationId, ...GUARDIAN]);
      expect(lineOf(stderr)).to.equal(
        `${set.address[7]} may not cancel operation ${operationId.slice(0, 10)}: those who may are ${set.address[0]} (admin)`,
      );
    });
  });
});
