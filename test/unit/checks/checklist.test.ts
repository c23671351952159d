import { expect } from "chai";
import { collect, findUncovered, page } from "../../../scripts/checks/checklist.ts";

/** Built here, so that this file itself has no tag in it. */
const tag = (lines: string): string => `[${lines.replaceAll(/\d+/g, (line) => `C${line}`)}]`;
const custom = (lines: string): string => `@custom:${"checklist"} ${lines}`;

const THREATS = { 1: { threat: "One" }, 2: { threat: "Two", notHere: "half of it." } };

const of = (file: string, source: string) => collect(new Map([[file, source]]));

describe("Checklist", function () {
  it("reads tags at the end of titles and above Solidity tests", function () {
    const { tests, findings } = of(
      "test/a.test.ts",
      `it("adds up ${tag("1, 2")}", ...); it(\n  \`is \${name} ${tag("2")}\`, ...); it("is not tagged", ...)`,
    );
    expect(findings).to.deep.equal([]);
    expect(tests.map(({ name, lines }) => [name, lines])).to.deep.equal([
      ["adds up", [1, 2]],
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the text of a title.
      ["is ${name}", [2]],
    ]);
    const solidity = `    /// Adds up.\n    /// ${custom("1")}\n    /// And more.\n    function test_x_adds() public {}`;
    expect(of("test/a.t.sol", solidity).tests).to.deep.equal([
      { file: "test/a.t.sol", name: "test_x_adds", lines: [1] },
    ]);
  });

  const LOST: [what: string, file: string, source: string][] = [
    ["in a comment", "test/a.test.ts", `// ${tag("1")}\nit("adds up", ...)`],
    ["in the middle of a title", "test/a.test.ts", `it("adds ${tag("1")} up", ...)`],
    ["on a describe", "test/a.test.ts", `describe("adds up ${tag("1")}", ...)`],
    ["above a helper", "test/a.t.sol", `/// ${custom("1")}\nfunction _help() private {}`],
    ["away from its test", "test/a.t.sol", `/// ${custom("1")}\nuint256 x;\nfunction test_x() public {}`],
  ];
  for (const [what, file, source] of LOST) {
    it(`finds a tag ${what}`, function () {
      const { tests, findings } = of(file, source);
      expect([tests.length, findings.map(({ what }) => what)]).to.deep.equal([
        0,
        ["a checklist tag that belongs to no test"],
      ]);
    });
  }

  it("finds a line without a test, a reason or not, and a test of no line", function () {
    const tests = [{ file: "test/a.test.ts", name: "adds up", lines: [1, 41] }];
    const found = findUncovered(THREATS, tests).map(({ where, what }) => `${where}: ${what}`);
    expect(found).to.deep.equal([
      "test/security/README.md: line 2 has no test: Two",
      'test/a.test.ts: "adds up" covers line 41, which does not exist',
    ]);
  });

  it("writes a row a line: its tests by file, and what is not there", function () {
    const tests = [
      { file: "test/a.test.ts", name: "a | b", lines: [1] },
      { file: "test/a.test.ts", name: "c", lines: [1] },
      { file: "test/b.t.sol", name: "test_d", lines: [1, 2] },
    ];
    const rows = page(THREATS, tests).split("\n");
    expect(rows).to.include("| 1 | One | `a.test.ts`: a \\| b · `c`<br>`b.t.sol`: `test_d` |");
    expect(rows).to.include("| 2 | Two | `b.t.sol`: `test_d`<br>Not applicable: half of it. |");
  });
});
