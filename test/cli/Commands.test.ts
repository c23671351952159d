import { expect } from "chai";
import hre from "hardhat";
import { programOf } from "../../scripts/cli/run.ts";
import { STAGES } from "./cliStage.ts";
import { CAPITAL } from "./rows/capital.ts";
import { GOVERNING } from "./rows/governor.ts";
import { KEEPING } from "./rows/keeper.ts";
import { TRADER } from "./rows/trader.ts";

const connection = await hre.network.create();
const { networkHelpers } = connection;

const ROWS = STAGES().flatMap((stage) =>
  [...TRADER, ...CAPITAL, ...KEEPING, ...GOVERNING].filter((row) => row.stage === stage),
);
const silent = { write: () => true };
const program = programOf({
  stdout: silent,
  stderr: silent,
  isInteractive: false,
  ask: async () => false,
  openNetwork: () => Promise.reject(new Error("nothing here needs a network")),
});
const commands = program.commands.flatMap((noun) => noun.commands.map((verb) => `${noun.name()} ${verb.name()}`));

describe("Every command", function () {
  it("has exactly one row, and every row has a command", function () {
    expect(ROWS.map(({ command }) => command).sort()).to.deep.equal([...commands].sort());
  });

  for (const { command, stage, before: prepare, argv = () => [], table, json, error } of ROWS) {
    const words = command.split(" ");
    const [noun, verb] = words.map((_, depth) => find(words.slice(0, depth + 1)));

    describe(command, function () {
      it("explains itself, with an example", async function () {
        let help = "";
        verb!.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
        expect(help).to.include(`Usage: breakwater ${command}`).and.to.include(`npm run breakwater -- ${command}`);
        expect(help.replaceAll(/\s+/g, " ")).to.include(verb!.description()).and.to.include("--network <name>");
        expect(noun!.description()).to.match(/\.$/);
      });

      it("prints a table", async function () {
        const set = await networkHelpers.loadFixture(stage);
        await prepare?.(set);
        const { code, stdout, stderr } = await set.cli([...words, ...argv(set)]);
        expect(stderr).to.equal("");
        expect(code).to.equal(0);
        for (const part of table) {
          if (typeof part === "string") expect(stdout).to.include(part);
          else expect(stdout).to.match(part);
        }
        // What a terminal of 200 columns shows without breaking lines.
        expect(Math.max(...stdout.split("\n").map((line) => line.length))).to.be.at.most(200);
      });

      it("prints one JSON document", async function () {
        const set = await networkHelpers.loadFixture(stage);
        await prepare?.(set);
        const { code, stdout } = await set.cli([...words, "--json", ...argv(set)]);
        expect(code).to.equal(0);
        const document = JSON.parse(stdout);
        for (const [path, value] of Object.entries(json)) expect(at(document, path), path).to.deep.equal(value);
      });

      it("says in one line what is wrong", async function () {
        const set = await networkHelpers.loadFixture(stage);
        await error.before?.(set);
        const { code, stdout, stderr } = await set.cli([...words, ...(error.argv ?? argv)(set)]);
        expect(code).to.equal(1);
        expect(stdout).to.equal("");
        expect(stderr)
          .to.match(/^error: [^\n]+\n$/)
          .and.to.not.include("unexpected:");
        const line = stderr.slice("error: ".length, -1);
        if (typeof error.line === "string") expect(line).to.equal(error.line);
        else expect(line).to.match(error.line);
      });
    });
  }
});

function find(words: string[]) {
  return words.reduce((command, word) => command.commands.find((one) => one.name() === word) ?? program, program);
}

/** "positions.0.size", "positions.length". */
function at(document: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((value, key) => (value as Record<string, unknown>)?.[key], document);
}
