import { expect } from "chai";
import { findLeftovers } from "../../../scripts/checks/hygiene.ts";
import { findUndocumented } from "../../../scripts/checks/natspec.ts";
import { findUnpinned } from "../../../scripts/checks/pins.ts";
import { findUnexplained } from "../../../scripts/checks/userdoc.ts";

describe("checks › natspec", function () {
  const whatOf = (source: string): string[] => findUndocumented(new Map([["A.sol", source]])).map(({ what }) => what);

  it("reports undocumented functions and getters", function () {
    const source =
      "contract A { uint256 public x; function f() external {} function g() internal {} constructor() {} }";
    expect(whatOf(source)).to.deep.equal(["A.x has no @notice or @inheritdoc", "A.f has no @notice or @inheritdoc"]);
  });

  it("wants the sentence itself in an interface", function () {
    expect(whatOf("interface I {\n/// @inheritdoc J\nfunction f() external; }")).to.have.length(1);
    expect(whatOf("interface I {\n/// @notice Does f.\nfunction f() external; }")).to.deep.equal([]);
  });

  it("accepts @inheritdoc in a contract", function () {
    const source =
      "contract A is I {\n/// @inheritdoc I\nfunction f() external {}\n/// @notice X.\nuint256 public x; }";
    expect(whatOf(source)).to.deep.equal([]);
  });
});

describe("checks › userdoc", function () {
  const whatOf = (source: string): string[] => findUnexplained(new Map([["A.sol", source]])).map(({ what }) => what);

  it("reports what explorers would show without a word, also where @inheritdoc leads nowhere", function () {
    const source = "pragma solidity ^0.8.0; interface I { function f(uint256) external; } contract A is I {\n";
    const inherited = "/// @inheritdoc I\nfunction f(uint256) external {} }";
    expect(whatOf(source + inherited)).to.deep.equal([
      "explorers would show A.f(uint256) without a word",
      "explorers would show I.f(uint256) without a word",
    ]);
  });

  it("takes a notice from an interface, and OpenZeppelin's own @dev", function () {
    const token = 'import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";';
    const source = `pragma solidity ^0.8.0; ${token} interface I {\n/// @notice Does f.\nfunction f() external; }`;
    const contract = 'contract A is I, ERC20("A", "A") {\n/// @inheritdoc I\nfunction f() external {} }';
    expect(whatOf(source + contract)).to.deep.equal([]);
  });
});

describe("checks › pins", function () {
  const manifest = (version: string): string => JSON.stringify({ devDependencies: { chai: version } });
  const lock = (version: string, resolved?: string): string =>
    JSON.stringify({ packages: { "": { devDependencies: { chai: version } }, "node_modules/chai": { resolved } } });

  it("reports ranges, a missing or stale lock file and hosts in it", function () {
    expect(findUnpinned(manifest("^6.3.0"), lock("^6.3.0"))).to.have.length(1);
    expect(findUnpinned(manifest("6.3.0"), undefined)).to.have.length(1);
    expect(findUnpinned(manifest("6.3.0"), lock("6.2.0"))).to.have.length(1);
    expect(findUnpinned(manifest("6.3.0"), lock("6.3.0", "https://registry.invalid/chai.tgz"))).to.have.length(1);
  });

  it("accepts exact versions", function () {
    expect(findUnpinned(manifest("6.3.0"), lock("6.3.0"))).to.deep.equal([]);
  });
});

describe("checks › hygiene", function () {
  it("reports machine paths, focused tests and work left behind, with the line", function () {
    // Assembled, so that the check does not find its own test.
    const lines = [
      ["", "home", "me"].join("/"),
      ["it", "only("].join("."),
      ["TO", "DO"].join(""),
      "console".concat(".sol"),
    ];
    const findings = findLeftovers(new Map([["a.ts", ["fine", ...lines].map((line) => ` ${line}`).join("\n")]]));
    expect(findings.map(({ where }) => where)).to.deep.equal(["a.ts:2", "a.ts:3", "a.ts:4", "a.ts:5"]);
  });
});
