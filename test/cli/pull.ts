import { AbiCoder } from "ethers";
import { type CliStage, writeDeployment } from "./cliStage.ts";

/** Of the one feed of the mock of Pyth. */
export const FEED = `0x${"ab".repeat(32)}`;

/** What MockPyth takes for a signed update: a price in USD, and when it and the one before were published. */
export function updateAt(time: number | bigint, usd = 3_000, before = BigInt(time) - 1n): string {
  const price = [BigInt(usd) * 10n ** 8n, 1n, -8, time];
  return AbiCoder.defaultAbiCoder().encode(
    ["tuple(bytes32,tuple(int64,uint64,int32,uint256),tuple(int64,uint64,int32,uint256))", "uint64"],
    [[FEED, price, price], before],
  );
}

/** A pull feed beside the mock prices; `deployments` is a folder whose address book knows it. */
export async function deployPull(stage: CliStage, market = 0) {
  const { ethers } = stage.connection;
  const pyth = await ethers.deployContract("MockPyth", [3_600, 1]);
  const source = await ethers.deployContract("PythSource", [stage.addresses.access, pyth]);
  const { timestamp } = (await stage.provider.getBlock("latest"))!;
  await pyth.getFunction("updatePriceFeeds")([updateAt(timestamp)], { value: 1 });
  await source.getFunction("setFeed")(market, FEED, 3_600, 500, 1n, 10n ** 24n);
  const { token: mockToken, prices: mockPrices } = stage.addresses;
  const book = { ...stage.addresses, mockToken, mockPrices, pyth: await source.getAddress() };
  return { pyth, source, deployments: await writeDeployment(book) };
}
