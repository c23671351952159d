import { expect } from "chai";
import { findUntested, parseInvariants } from "../../../scripts/checks/invariants.ts";

const TESTS = new Map([
  ["test/invariant/Ledgers.t.sol", "function invariant_I1_ledgersAddUp() public view {}"],
  ["test/replay/crash.test.ts", 'it("keeps every cent", ...) // I2'],
]);

const TABLE = `
| id | sentence | test |
|---|---|---|
| I1 | Ledgers add up. | \`invariant_I1_ledgersAddUp\` in \`invariant/Ledgers.t.sol\` |
| **I2** | Nobody else pays. | \`test/replay/crash.test.ts:keeps every cent\` |
| I3 | Buckets add up. | not yet (needs buckets) |
`;

const whatOf = (markdown: string): string[] => findUntested(parseInvariants(markdown), TESTS).map(({ what }) => what);

describe("checks › invariants", function () {
  it("reads every row of the table", function () {
    const rows = parseInvariants(TABLE);
    expect(rows.map(({ id }) => id)).to.deep.equal(["I1", "I2", "I3"]);
    expect(rows[0]!.tests).to.deep.equal(["invariant_I1_ledgersAddUp", "invariant/Ledgers.t.sol"]);
    expect(rows.map(({ isPlanned }) => isPlanned)).to.deep.equal([false, false, true]);
  });

  it("finds nothing when every named test exists", function () {
    expect(whatOf(TABLE)).to.deep.equal([]);
  });

  it("reports a row without a test, an unknown test and an unknown function of a known file", function () {
    expect(whatOf("| I1 | a | by hand |")[0]).to.match(/names no test/);
    expect(whatOf("| I1 | a | `invariant_I1_gone` |")[0]).to.match(/does not have/);
    expect(whatOf("| I1 | a | `test/invariant/Ledgers.t.sol:test_gone` |")[0]).to.match(/does not have/);
  });

  it("reports a test that checks another invariant", function () {
    expect(whatOf("| I1 | a | `test/replay/crash.test.ts` |")[0]).to.match(/never mentions I1/);
  });

  it("reports gaps, an empty sentence and an empty table", function () {
    expect(whatOf("| I2 | a | not yet |")[0]).to.match(/without gaps/);
    expect(whatOf("| I1 | | not yet |")[0]).to.match(/no sentence/);
    expect(whatOf("nothing")[0]).to.match(/has no row/);
  });
});
