import { expect } from "chai";
import { solidityLayering, typescriptLayering } from "../../../scripts/checks/layering.ts";

const what = (findings: { what: string }[]): string[] => findings.map((finding) => finding.what);

describe("checks › layering", function () {
  describe("solidity", function () {
    const importing = (file: string, ...names: string[]): Map<string, string> =>
      new Map([
        [file, names.map((name) => `import {X} from "${name}";`).join("\n")],
        ["contracts/core/Clearinghouse.sol", "contract Clearinghouse is Wired {}"],
        ["contracts/shares/EpochVault.sol", "abstract contract EpochVault {}"],
        ["contracts/governance/Guardian.sol", "abstract contract Guardian {}"],
      ]);

    it("reports a lower layer that sees a higher one", function () {
      const findings = solidityLayering(importing("contracts/margin/A.sol", "../liquidation/LiquidationLib.sol"));
      expect(what(findings)).to.deep.equal([
        "margin may not see liquidation: imports contracts/liquidation/LiquidationLib.sol",
      ]);
    });

    it("reports a contract that imports a contract, even of its own folder", function () {
      const findings = solidityLayering(importing("contracts/core/Vault.sol", "./Clearinghouse.sol"));
      expect(what(findings)[0]).to.match(/^imports the contract Clearinghouse/);
    });

    it("reports an import over several lines", function () {
      const source = 'import {\n    X,\n    Y\n} from "../core/Clearinghouse.sol";';
      expect(solidityLayering(new Map([["contracts/periphery/Lens.sol", source]]))).to.have.length(1);
    });

    it("reports governance that is no base, unknown packages and unknown folders", function () {
      expect(solidityLayering(importing("contracts/core/A.sol", "../governance/Guardian.sol"))).to.have.length(1);
      expect(solidityLayering(importing("contracts/core/A.sol", "left-pad/Pad.sol"))).to.have.length(1);
      expect(solidityLayering(importing("contracts/utils/A.sol"))).to.have.length(1);
    });

    it("lets a harness see the market's libraries and no other's", function () {
      const harness = "contracts/mocks/A.sol";
      expect(solidityLayering(importing(harness, "../market/HaircutLib.sol"))).to.deep.equal([]);
      expect(solidityLayering(importing(harness, "../margin/MarginLib.sol"))).to.have.length(1);
    });

    it("accepts bases, libraries, shared governance, comments and OpenZeppelin", function () {
      const names = [
        "../shares/EpochVault.sol",
        "../governance/Roles.sol",
        "@openzeppelin/contracts/utils/math/Math.sol",
      ];
      const sources = importing("contracts/insurance/InsuranceFund.sol", ...names);
      sources.set("contracts/types/A.sol", '// import {X} from "../core/Clearinghouse.sol";');
      expect(solidityLayering(sources)).to.deep.equal([]);
    });
  });

  describe("typescript", function () {
    const importing = (file: string, name: string): Map<string, string> =>
      new Map([[file, `import type { X } from "${name}";`]]);

    it("reports a model that imports the chain side or a package", function () {
      const model = "scripts/simulator/model/pool.ts";
      expect(typescriptLayering(importing(model, "../../sdk/read.ts"))).to.have.length(1);
      expect(typescriptLayering(importing(model, "ethers"))).to.have.length(1);
      expect(typescriptLayering(importing(model, "./math.ts"))).to.deep.equal([]);
    });

    it("reports a lower layer that sees a higher one", function () {
      expect(typescriptLayering(importing("scripts/shared/units.ts", "../sdk/read.ts"))).to.have.length(1);
      expect(typescriptLayering(importing("scripts/keeper/run.ts", "../cli/main.ts"))).to.have.length(1);
      expect(typescriptLayering(importing("scripts/keeper/run.ts", "../sdk/read.ts"))).to.deep.equal([]);
    });

    it("sees bare, dynamic and re-exporting imports", function () {
      for (const code of ['import "../sdk/a.ts";', 'await import("../sdk/a.ts");', 'export * from "../sdk/a.ts";']) {
        expect(typescriptLayering(new Map([["scripts/shared/a.ts", code]])), code).to.have.length(1);
      }
    });
  });
});
