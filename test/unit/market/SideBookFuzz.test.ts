import { readFileSync } from "node:fs";
import { expect } from "chai";
import hre from "hardhat";

/** Every run of the fuzz test goes on until it has seen so many events; how many runs there are is the configuration's. */
describe("SideBookFuzz.t.sol", () => {
  const source = readFileSync(new URL("./SideBookFuzz.t.sol", import.meta.url), "utf8");
  const minEvents = Number(/uint256 private constant MIN_EVENTS = (\d+);/.exec(source)?.[1]);
  const isDeep = process.env.DEEP === "1";

  it(`sees at least ${isDeep ? "10,000" : "500"} deleveraging events`, () => {
    expect(source).to.contain("while (events < MIN_EVENTS)");
    const runs = hre.config.test.solidity.profiles.default?.fuzz?.runs ?? 0;
    expect(runs * minEvents).to.be.at.least(isDeep ? 10_000 : 500);
  });
});
