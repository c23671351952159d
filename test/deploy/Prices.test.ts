import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";
import { expect } from "chai";
import { ZeroAddress } from "ethers";
import hre from "hardhat";
import { deployCore } from "../../deploy/modules/Core.ts";
import { deployCircuitBreaker, deployPythSource, deploySequencerGate } from "../../deploy/modules/Prices.ts";
import { readParameters } from "../../scripts/shared/deploySystem.ts";
import type {
  AccessManager,
  CircuitBreaker,
  MockAggregator,
  MockPyth,
  OracleRouter,
  PythSource,
  SequencerGate,
} from "../../typechain-types/index.ts";
import { GOVERNOR_ROLE } from "./powers.ts";

type Prices = {
  access: AccessManager;
  oracle: OracleRouter;
  uptime: MockAggregator;
  pyth: MockPyth;
  gate: SequencerGate;
  pythSource: PythSource;
  breaker: CircuitBreaker;
};

const connection = await hre.network.create();
const { ethers, ignition, networkHelpers } = connection;

/** As one would deploy on a rollup: a gate, a pull feed, and a breaker. */
const Rollup = buildModule("Rollup", (m) => {
  const token = m.contract("MockUSD", [6]);
  const uptime = m.contract("MockAggregator", [0, 0]);
  const pyth = m.contract("MockPyth", [60, 1]);
  const gate = deploySequencerGate(m, uptime);
  const { access, oracle, pythSource, breaker } = deployCore(m, token, {
    gate,
    executorName: "DirectExecutor",
    open: ({ access }) => ({
      governed: { pythSource: deployPythSource(m, access, pyth), breaker: deployCircuitBreaker(m, access) },
    }),
  });
  return { access, oracle, uptime, pyth, gate, pythSource, breaker };
});

describe("Prices", function () {
  async function deployed() {
    const { timestamp } = (await ethers.provider.getBlock("latest"))!;
    const parameters = { ...(await readParameters()), genesis: timestamp, sequencerGraceSeconds: 3_600 };
    const deployment = await ignition.deploy(Rollup, { parameters: { Rollup: parameters as never } });
    return { system: deployment as unknown as Prices, stranger: (await ethers.getSigners())[5]! };
  }

  it("the router asks the gate, and the gate the uptime feed", async function () {
    const { system } = await networkHelpers.loadFixture(deployed);
    expect(await system.oracle.GATE()).to.equal(await system.gate.getAddress());
    expect(await system.gate.FEED()).to.equal(await system.uptime.getAddress());
    expect(await system.gate.GRACE()).to.equal(3_600n);
    expect(await system.pythSource.PYTH()).to.equal(await system.pyth.getAddress());
  });

  it("only the governor names feeds and pairs", async function () {
    const { system, stranger } = await networkHelpers.loadFixture(deployed);
    const { access, pythSource, breaker } = system;
    for (const contract of [pythSource, breaker])
      expect(await contract.authority()).to.equal(await access.getAddress());
    const roles = [
      await access.getTargetFunctionRole(pythSource, pythSource.setFeed.fragment.selector),
      await access.getTargetFunctionRole(breaker, breaker.setSources.fragment.selector),
    ];
    expect(roles).to.deep.equal([GOVERNOR_ROLE, GOVERNOR_ROLE]);
    await expect(breaker.connect(stranger).setSources(0, ZeroAddress, ZeroAddress, 0, 0, 0))
      .to.be.revertedWithCustomError(breaker, "AccessManagedUnauthorized")
      .withArgs(stranger.address);
  });
});
