import { expect } from "chai";
import { ROOT, run } from "../../scripts/checks/repository.ts";
import { CONTRACTS, fillTemplate, readTemplates } from "../../scripts/wallets/descriptors.ts";
import { fieldsOf } from "../../scripts/wallets/schema.ts";

const HERE = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const TOKEN = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC";
const SUBMIT = /^submit\(/;

describe("npm run clear-signing", function () {
  const command = (...args: string[]) => run(process.execPath, ["scripts/wallets/clear-signing.ts", ...args], ROOT);

  it("says in one line what is missing, and fails", async function () {
    expect(await command()).to.deep.equal({
      code: 1,
      output: "error: required option '--network <name>' not specified\n",
    });
    expect((await command("--network", "nowhere")).output).to.match(
      /^error: --network nowhere: not one of localhost, .*\n$/,
    );
  });

  it("explains itself", async function () {
    const { code, output } = await command("--help");
    expect(code).to.equal(0);
    expect(output).to.contain("--markets <names>").and.to.contain("ERC-7730");
  });

  it("leaves the templates as they are, and no place in a descriptor without an address", async function () {
    const templates = await readTemplates();
    const before = JSON.stringify([...templates]);
    for (const [file, template] of templates) {
      const addresses = CONTRACTS[file]!.map(() => HERE);
      const filled = fillTemplate({ template, chainId: 10n, addresses, token: TOKEN });
      const { deployments } = "contract" in filled.context ? filled.context.contract : filled.context.eip712;
      expect(deployments, file).to.deep.equal(addresses.map((address) => ({ chainId: 10, address })));
      if (filled.metadata.maps) expect(filled.metadata.maps.quoteToken!.values).to.deep.equal({ 10: TOKEN });
      expect(filled).not.to.have.property("includes");
    }
    expect(JSON.stringify([...templates])).to.equal(before);
  });

  it("names markets if it is told their names", async function () {
    const template = (await readTemplates()).get("calldata-Orders.json")!;
    const given = { template, chainId: 10n, addresses: [HERE], token: TOKEN };
    const key = Object.keys(template.display.formats).find((one) => SUBMIT.test(one))!;
    const market = (markets?: string[]) => {
      const filled = fillTemplate({ ...given, markets });
      const { label, format } = fieldsOf(filled, key).find(({ path }) => path === "request.market")!;
      return { label, format, names: filled.metadata.enums!.market };
    };
    expect(market()).to.deep.equal({ label: "Market number", format: "raw", names: undefined });
    expect(market(["ETH", "BTC"])).to.deep.equal({ label: "Market", format: "enum", names: { 0: "ETH", 1: "BTC" } });
    expect(() => market(Array(33).fill("X"))).to.throw("--markets: 33 names, but there are 32 markets at most");
  });
});
