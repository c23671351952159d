import path from "node:path";
import { fileURLToPath } from "node:url";
import Table from "cli-table3";
import { newCommand, parse, runCommand } from "../shared/command.ts";
import { DEPLOYMENTS, readDeployment } from "../shared/deployments.ts";
import { openNetwork } from "../shared/network.ts";
import { parametersFor } from "./parameters.ts";
import type { Row } from "./report.ts";
import { verify } from "./verify.ts";

// What is deployed is the production build; its artifacts have a folder of their own.
process.env.HARDHAT_CONFIG ??= "scripts/shared/production.config.ts";

const ROOT = path.relative(process.cwd(), fileURLToPath(new URL("../..", import.meta.url)));

const HELP = `
Reads back what Ignition has recorded in deploy/deployments/<id> and compares it with the parameters and with the local
production build: code, immutables, wiring, ledgers, parameters, markets, prices, roles. Prints what is wrong, or with --all
everything; exit code 1 if anything is. Reads only: no key is asked for.`;

type Options = { network: string; parameters?: string; deploymentId?: string; json?: boolean; all?: boolean };

const program = newCommand("verify-wiring", "Compares a live deployment with its parameters and the code.")
  .requiredOption("--network <name>", "network of hardhat.config.ts")
  .option("--parameters <file>", "what it was deployed with; else devnet.json5, or the file named like the network")
  .option("--deployment-id <id>", "Ignition's name of the deployment; else chain-<chain id>")
  .option("--all", "print what is right as well")
  .option("--json", "print JSON")
  .addHelpText("after", HELP);

await runCommand(() => main(parse<Options>(program)));

async function main(options: Options): Promise<void> {
  const network = await openNetwork({ name: options.network });
  try {
    const id = options.deploymentId ?? `chain-${network.chainId}`;
    const { module, addresses, startBlock } = await readDeployment(path.join(DEPLOYMENTS, id));
    const fileName = module === "Devnet" ? "devnet" : options.network;
    const parameters = await parametersFor(
      module,
      options.parameters ?? path.join(ROOT, "deploy", "parameters", `${fileName}.json5`),
    );
    const rows = await verify({
      provider: network.provider,
      addresses,
      parameters,
      fromBlock: startBlock,
      artifact: await builds(),
    });
    print(rows, (parameters.unconfirmed as string[] | undefined) ?? [], options);
  } finally {
    network.provider.destroy();
  }
}

/** Artifacts of the production build, built if it is not there or not of these sources. */
async function builds() {
  const { default: hre } = await import("hardhat");
  await hre.tasks.getTask("build").run({ quiet: true, noTests: true, defaultBuildProfile: "production" });
  return (name: string) => hre.artifacts.readArtifact(name);
}

function print(rows: Row[], unconfirmed: string[], { json, all }: Options): void {
  const wrong = rows.filter(({ ok }) => !ok).length;
  process.exitCode = wrong === 0 ? 0 : 1;
  if (json) {
    console.log(JSON.stringify({ checked: rows.length, wrong, unconfirmed, rows }, null, 2));
    return;
  }
  const shown = all ? rows : rows.filter(({ ok }) => !ok);
  if (shown.length > 0) {
    const table = new Table({
      head: ["check", "expected", "found", "ok"],
      style: { head: [], border: [] },
      colWidths: [null, 44, 44, null],
      wordWrap: true,
      wrapOnWordBoundary: false,
    });
    table.push(...shown.map(({ check, expected, found, ok }) => [check, expected, found, ok ? "yes" : "NO"]));
    console.log(table.toString());
  }
  if (unconfirmed.length > 0) console.log(`Unconfirmed in the parameters file: ${unconfirmed.join(", ")}.`);
  console.log(`${rows.length} checked, ${wrong} wrong`);
}
