import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { readAddressBook } from "../sdk/addressBook.ts";
import { connect } from "../sdk/contracts.ts";
import { newCommand, parse, runCommand } from "../shared/command.ts";
import { DEPLOYMENTS } from "../shared/deployments.ts";
import { openNetwork } from "../shared/network.ts";
import { describeDeployment } from "./descriptors.ts";

type Options = { network: string; markets?: string[]; out?: string };

async function main(): Promise<void> {
  const program = newCommand(
    "clear-signing",
    "Writes ERC-7730 descriptors of a deployment: what wallets show before their owner signs.",
  )
    .requiredOption("--network <name>", "a network of hardhat.config.ts")
    .option("--markets <names>", "names of the markets in the order of their ids, like ETH,BTC", (names) =>
      names.split(",").map((name) => name.trim()),
    )
    .option("--out <folder>", "where to; beside the deployment's addresses unless given");
  const { network, markets, out } = parse<Options>(program);

  const { provider, chainId } = await openNetwork({ name: network });
  try {
    const book = await readAddressBook({ chainId });
    const breakwater = await connect({ book, runner: provider });
    const token = await breakwater.token.getAddress();
    const descriptors = await describeDeployment({ chainId, addresses: book.addresses, token, markets });
    const folder = out ?? path.join(DEPLOYMENTS, `chain-${chainId}`, "clear-signing");
    await mkdir(folder, { recursive: true });
    for (const [file, descriptor] of descriptors) {
      await writeFile(path.join(folder, file), `${JSON.stringify(descriptor, null, 2)}\n`);
    }
    process.stdout.write(`${descriptors.size} descriptors in ${path.relative(".", folder)}\n`);
  } finally {
    provider.destroy();
  }
}

await runCommand(main);
