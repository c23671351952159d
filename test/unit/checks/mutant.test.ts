import { expect } from "chai";
import { parseInvariants } from "../../../scripts/checks/invariants.ts";
import { findUnmutated, parseMutant, parseTotals } from "../../../scripts/checks/mutant.ts";

const PATCH = `# invariant: I1, I4
# breaks: the insurance leg is posted twice
# killed by: test/invariant/Ledgers.t.sol
--- a/contracts/core/Vault.sol
+++ b/contracts/core/Vault.sol
@@ -1 +1 @@
-a
+b
`;

const parse = (patch: string): ReturnType<typeof parseMutant> =>
  parseMutant("test/mutants/double-post.patch", patch, ["test/invariant/Ledgers.t.sol"]);

describe("checks › mutant", function () {
  describe("parseMutant", function () {
    it("reads the header", function () {
      const { mutant, findings } = parse(PATCH);
      expect(findings).to.deep.equal([]);
      expect(mutant.name).to.equal("double-post");
      expect(mutant.invariants).to.deep.equal(["I1", "I4"]);
      expect(mutant.breaks).to.equal("the insurance leg is posted twice");
      expect(mutant.killers).to.deep.equal(["test/invariant/Ledgers.t.sol"]);
      expect(mutant.targets).to.deep.equal(["contracts/core/Vault.sol"]);
    });

    it("reports an incomplete header, an unknown test and a change outside contracts/", function () {
      expect(parse(PATCH.replace(/^# invariant.*\n/, "")).findings).to.have.length(1);
      expect(parse(PATCH.replace("Ledgers", "Gone")).findings).to.have.length(1);
      expect(parse(PATCH.replaceAll("contracts/core", "test/unit")).findings).to.have.length(1);
      expect(parse("").findings).to.have.length(4);
    });
  });

  describe("findUnmutated", function () {
    it("wants two mutants for each invariant that is not planned", function () {
      const rows = parseInvariants("| I1 | a | `x` |\n| I2 | b | not yet |");
      const { mutant } = parse(PATCH);
      expect(findUnmutated(rows, [mutant]).map(({ what }) => what)).to.deep.equal(["I1 has 1 of 2 mutants"]);
      expect(findUnmutated(rows, [mutant, mutant])).to.deep.equal([]);
    });
  });

  describe("parseTotals", function () {
    it("counts one runner", function () {
      expect(parseTotals("\n  1 passing\n  2 failing\n")).to.deep.equal({ passed: 1, failed: 2 });
      expect(parseTotals("  19 passing (62ms)\n")).to.deep.equal({ passed: 19, failed: 0 });
    });

    it("counts several runners once", function () {
      const output = "  19 passing (62ms)\n\n20 passing (1 solidity, 19 mocha)\n1 failing (1 solidity)\n";
      expect(parseTotals(output)).to.deep.equal({ passed: 20, failed: 1 });
    });

    it("knows when no test ran", function () {
      expect(parseTotals("Error HHE910: Compilation failed")).to.equal(undefined);
    });
  });
});
