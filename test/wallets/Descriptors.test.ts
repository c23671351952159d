import { expect } from "chai";
import { FunctionFragment, Interface, type JsonFragment, type ParamType } from "ethers";
import { readSource } from "../../scripts/checks/repository.ts";
import * as abis from "../../scripts/sdk/abis.ts";
import { CONTRACTS, readTemplates } from "../../scripts/wallets/descriptors.ts";
import { type Descriptor, fieldsOf, type ResolvedField } from "../../scripts/wallets/schema.ts";
import * as factories from "../../typechain-types/index.ts";
import { POWERS, type Power } from "../deploy/powers.ts";
import { AUTHORITY, ENUM_SOURCES, EXCLUDED, SPOKEN } from "./tables.ts";

/** Contracts by the names of `powers.ts` and of the address book. */
const ABIS: Record<string, readonly JsonFragment[]> = {
  access: factories.AccessManager__factory.abi,
  vault: factories.Vault__factory.abi,
  oracle: factories.OracleRouter__factory.abi,
  chainlink: factories.ChainlinkSource__factory.abi,
  pyth: factories.PythSource__factory.abi,
  breaker: factories.CircuitBreaker__factory.abi,
  gate: factories.SequencerGate__factory.abi,
  pool: factories.LiquidityPool__factory.abi,
  senior: factories.Tranche__factory.abi,
  junior: factories.Tranche__factory.abi,
  insurance: factories.InsuranceFund__factory.abi,
  waterfall: factories.LossWaterfall__factory.abi,
  clearinghouse: factories.Clearinghouse__factory.abi,
  orders: factories.Orders__factory.abi,
  steward: factories.RiskSteward__factory.abi,
  handover: factories.Handover__factory.abi,
};

const templates = await readTemplates();

/** A parameter, or a part of one, that has no parts. `internal` is its Solidity type. */
type Leaf = { path: string; type: string; internal: string };

/** Every descriptor's functions with the same functions of every contract the descriptor is for. */
const described = [...templates]
  .filter(([, { context }]) => "contract" in context)
  .flatMap(([file, descriptor]) =>
    CONTRACTS[file]!.flatMap((name) =>
      Object.keys(descriptor.display.formats).map((key) => ({ file, descriptor, name, key, ...resolve(name, key) })),
    ),
  );

describe("clear-signing descriptors", function () {
  it("are named once each, and all of them", function () {
    expect([...templates.keys()]).to.deep.equal(Object.keys(CONTRACTS));
  });

  describe("cover every function that people sign", function () {
    for (const [name, abi] of Object.entries(ABIS)) {
      it(`of ${name}`, function () {
        const selectors = new Set(
          described.filter((one) => one.name === name).map(({ fragment }) => fragment.selector),
        );
        const left = changing(abi).filter(({ selector }) => !selectors.has(selector));
        const excluded = {
          ...EXCLUDED[name],
          ...(left.some((f) => f.name === "setAuthority") && { setAuthority: AUTHORITY }),
        };
        expect(left.map((f) => f.name).sort()).to.deep.equal(Object.keys(excluded).sort());

        // Left out is only what the table of powers gives to no person.
        for (const fragment of left) {
          const powers = POWERS[name] ?? { setAuthority: { error: "", may: ["access"] } };
          const power = powers[fragment.format("sighash")] ?? powers[fragment.name]!;
          expect(isForPeople(power), fragment.name).to.equal(false);
        }
      });
    }
  });

  describe("match the contracts", function () {
    it("by signature and by the names of parameters", function () {
      expect(described.length).to.be.greaterThan(100);
      for (const { file, key, abiFragment } of described) {
        expect(abiFragment, `${file}: ${key}`).not.to.equal(undefined);
        // A struct that the contract gives no name is called as in the interface.
        const inputs = abiFragment!.inputs.map((input) => `${typeOf(input)} ${input.name || "params"}`);
        expect(key, file).to.equal(`${abiFragment!.name}(${inputs.join()})`);
      }
    });

    it("by paths: each leads to a value, and every value is shown or hidden on purpose", function () {
      for (const { descriptor, key, abiFragment, leaves } of described) {
        const shown = fieldsOf(descriptor, key).map(({ path }) => path);
        const values = shown.filter((path) => path !== "@.value");
        expect([...new Set(values.map(withoutSlice))].sort(), key).to.deep.equal(leaves.map(({ path }) => path).sort());
        expect(new Set(shown).size, key).to.equal(shown.length);
        expect(shown.includes("@.value"), key).to.equal(abiFragment!.payable && !/^execute\(address/.test(key));
      }
    });

    it("by types: what a format is for", function () {
      for (const { descriptor, key, leaves } of described) {
        for (const field of fieldsOf(descriptor, key)) checkField(descriptor, key, field, leaves);
      }
      for (const [file, descriptor] of templates) {
        if ("contract" in descriptor.context) continue;
        for (const key of Object.keys(descriptor.display.formats)) {
          const leaves = messageLeaves(key);
          const fields = fieldsOf(descriptor, key);
          expect([...new Set(fields.map(({ path }) => withoutSlice(path)))].sort(), file).to.deep.equal(
            leaves.map(({ path }) => path).sort(),
          );
          for (const field of fields) checkField(descriptor, key, field, leaves);
        }
      }
    });

    it("by units: accounts, markets, rates and seconds look the same everywhere", function () {
      for (const { descriptor, key, leaves } of described) {
        const fields = fieldsOf(descriptor, key);
        const of = (path: string) => fields.filter((field) => withoutSlice(field.path) === path);
        for (const { path, internal } of leaves) {
          const where = `${key} ${path}`;
          const formats = of(path).map(({ path: at, format }) => `${at.slice(path.length)} ${format}`);
          if (internal === "AccountId") expect(formats, where).to.deep.equal([".[0:20] addressName", ".[20:32] raw"]);
          if (internal === "MarketId") expect(of(path)[0]!.label, where).to.equal("Market number");
          if (/Bps(PerMillion)?_?$/.test(path)) {
            expect(of(path)[0], where).to.deep.include({ format: "unit", params: { base: "%", decimals: 2 } });
          }
          if (/Cents$/.test(path)) expect(of(path)[0], where).to.deep.include({ params: { base: "USD", decimals: 2 } });
          if (/deadline$/i.test(path)) expect(of(path)[0]!.format, where).to.equal("date");
          if (/(Price|sizeDelta|Base)$/.test(path)) {
            expect((of(path)[0] as { params: unknown }).params, where).to.deep.include({ decimals: 18 });
          }
          if (/amountNative|assets/.test(path)) {
            expect((of(path)[0] as { params: unknown }).params, where).to.have.property("token");
          }
          if (/shares/.test(path)) {
            expect((of(path)[0] as { params: unknown }).params, where).to.deep.equal({ tokenPath: "@.to" });
          }
        }
      }
    });

    it("by enums: in the contracts' order", function () {
      const seen = new Set<string>();
      for (const { descriptor, key, leaves } of described) {
        for (const { path, internal } of leaves) {
          const name = /^enum (?:\w+\.)?(\w+)$/.exec(internal)?.[1];
          if (name === undefined) continue;
          seen.add(name);
          const field = fieldsOf(descriptor, key).find((one) => one.path === path)!;
          expect(enumOf(descriptor, field), `${key} ${path}`).to.deep.equal(spokenEnum(name));
        }
      }
      expect([...seen].sort()).to.deep.equal(Object.keys(SPOKEN).sort());
      const order = templates.get("eip712-Orders.json")!;
      const kind = fieldsOf(order, Object.keys(order.display.formats)[0]!).find(({ path }) => path === "kind")!;
      expect(enumOf(order, kind)).to.deep.equal(spokenEnum("OrderKind"));
    });

    it("by roles: their numbers are those of Roles.sol", function () {
      const source = readSource("contracts/governance/Roles.sol");
      const roles = [...source.matchAll(/constant (\w+)_ROLE = (\d+);/g)].map(([, name, id]) => [
        id!,
        name!.charAt(0) + name!.slice(1).toLowerCase(),
      ]);
      expect(roles).to.have.length(4);
      expect(templates.get("calldata-AccessManager.json")!.metadata.enums!.role).to.deep.equal({
        0: "Administrator",
        ...Object.fromEntries(roles),
        [`${2n ** 64n - 1n}`]: "Everybody",
      });
    });
  });

  it("put into sentences only what is always shown, and all that is shown", function () {
    const sentences = described.filter(({ descriptor, key }) => descriptor.display.formats[key]!.interpolatedIntent);
    expect(sentences).to.have.length(2);
    for (const { descriptor, key } of sentences) {
      const used = [...descriptor.display.formats[key]!.interpolatedIntent!.matchAll(/\{([^}]+)\}/g)].map((m) => m[1]!);
      const shown = fieldsOf(descriptor, key);
      expect(shown.every(({ visible }) => visible === undefined)).to.equal(true);
      expect(used.sort()).to.deep.equal(shown.map(({ path }) => path).sort());
    }
  });

  it("know every contract that the SDK knows", function () {
    const known = new Set(Object.values(ABIS));
    const contracts = abis.FACTORIES.filter(
      ({ abi }) => changing(abi as never).some((f) => f.name !== "") && !known.has(abi as never),
    );
    // Mocks and linked libraries: a library's functions cannot be called on a deployment.
    expect(contracts.map(({ name }) => name.replace("__factory", ""))).to.satisfy((names: string[]) =>
      names.every((name) => /^(Mock|\w+Lib$)/.test(name)),
    );
  });
});

function changing(abi: readonly JsonFragment[]): FunctionFragment[] {
  const fragments: FunctionFragment[] = [];
  new Interface(abi).forEachFunction((fragment) => !fragment.constant && fragments.push(fragment));
  return fragments;
}

function resolve(name: string, key: string) {
  const fragment = FunctionFragment.from(`function ${key}`);
  const json = ABIS[name]!.filter(({ type }) => type === "function");
  const found = json.find((one) => FunctionFragment.from(one).selector === fragment.selector);
  const inputs = (found?.inputs ?? []) as Input[];
  const leaves = inputs.flatMap((input, i) => leavesOf(input, fragment.inputs[i]!.name));
  return { fragment, abiFragment: found && FunctionFragment.from(found), leaves };
}

type Input = { name: string; type: string; internalType?: string; components?: Input[] };

function leavesOf({ type, internalType = type, components }: Input, path: string): Leaf[] {
  if (type.endsWith("[]")) return [{ path: `${path}.[]`, type: type.slice(0, -2), internal: internalType }];
  if (components === undefined) return [{ path, type, internal: internalType }];
  return components.flatMap((component) => leavesOf(component, `${path}.${component.name}`));
}

/** As the standard writes types: structs with the names of their parts. */
function typeOf({ type, baseType, components, arrayChildren }: ParamType): string {
  if (baseType === "array") return `${typeOf(arrayChildren!)}[]`;
  return components === null ? type : `(${components.map((part) => `${typeOf(part)} ${part.name}`).join()})`;
}

function messageLeaves(key: string): Leaf[] {
  return FunctionFragment.from(`function ${key}`).inputs.map(({ name, type }) => ({
    path: name,
    type,
    internal: type,
  }));
}

const withoutSlice = (path: string): string => path.replace(/\.\[\d+:\d+\]$/, "");

/** Whether somebody with a wallet may call. */
function isForPeople(power: Power): boolean {
  if (power === "once") return false;
  if (typeof power !== "object") return true;
  return (power.may ?? []).some((who) => /^(stranger|owner|operator|governor|stewardKey|guardian)$/.test(who));
}

function checkField(descriptor: Descriptor, key: string, field: ResolvedField, leaves: Leaf[]): void {
  const where = `${key} ${field.path}`;
  const leaf = leaves.find(({ path }) => path === withoutSlice(field.path));
  const type = field.path === "@.value" ? "uint256" : leaf?.type;
  const isSliced = field.path !== withoutSlice(field.path);
  if (isSliced) expect(type, where).to.equal("uint256");
  switch (field.format) {
    case "addressName":
      expect(isSliced ? field.path.slice(-6) : type, where).to.equal(isSliced ? "[0:20]" : "address");
      break;
    case "calldata": {
      expect(type, where).to.equal("bytes");
      const { calleePath } = field.params;
      const callee = leaves.find(({ path }) => path === calleePath)?.type;
      expect(calleePath === "@.to" || callee === "address", where).to.equal(true);
      break;
    }
    case "raw":
      break;
    default:
      expect(type, where).to.match(/^u?int\d+$/);
      expect(isSliced, where).to.equal(false);
  }
  if (field.format === "amount") expect(field.path).to.equal("@.value");
  if (field.format === "tokenAmount") {
    if ("token" in field.params) expect(descriptor.metadata.maps, where).to.have.property("quoteToken");
    else expect(field.params.tokenPath, where).to.equal("@.to");
  }
  if (field.format === "enum") expect(enumOf(descriptor, field), where).not.to.equal(undefined);
  if (leaf?.type === "address") expect(field.format, where).to.equal("addressName");
}

function enumOf({ metadata }: Descriptor, field: ResolvedField): Record<string, string> | undefined {
  return field.format === "enum" ? metadata.enums?.[field.params.$ref.split(".").at(-1)!] : undefined;
}

function spokenEnum(name: string): Record<string, string> {
  const body = new RegExp(`enum ${name} \\{([^}]*)\\}`).exec(readSource(ENUM_SOURCES[name]!))![1]!;
  const members = body.split(",").map((member) => member.replace(/\/\/.*$/gm, "").trim());
  return Object.fromEntries(members.map((member, i) => [i, SPOKEN[name]![member]!]));
}
