import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { openNetwork } from "../../scripts/shared/network.ts";

const SEPOLIA = "0xaa36a7";
const VARIABLES = ["SEPOLIA_RPC_URL", "SEPOLIA_PRIVATE_KEY"] as const;

describe("A network of the configuration", function () {
  let server: Server;
  let status = 200;
  const saved = VARIABLES.map((name) => process.env[name]);

  before("a node that knows its chain and no more", async function () {
    server = createServer(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += chunk;
      const answers = [JSON.parse(body)].flat().map(({ id }) => ({ jsonrpc: "2.0", id, result: SEPOLIA }));
      response.writeHead(status);
      response.end(JSON.stringify(body.startsWith("[") ? answers : answers[0]));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    process.env.SEPOLIA_RPC_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  after(function () {
    server.closeAllConnections();
    server.close();
    VARIABLES.forEach((name, i) => {
      if (saved[i] === undefined) delete process.env[name];
      else process.env[name] = saved[i];
    });
  });

  it("asks another node for the chain where its own is silent", async function () {
    const { default: hre } = await import("hardhat");
    const { url } = hre.config.networks.sepolia as { url: { getUrl: () => Promise<string> } };
    const original = url.getUrl;
    const [alive, silent] = [process.env.SEPOLIA_RPC_URL!, "http://127.0.0.1:1/v2/s3cret"];
    url.getUrl = async () => silent;
    try {
      const open = await openNetwork({ name: "sepolia", otherUrl: alive });
      expect([open.chainId, open.url, open.provider._getConnection().url]).to.deep.equal([
        BigInt(SEPOLIA),
        silent,
        alive,
      ]);
      open.provider.destroy();
      for (const otherUrl of [silent, undefined]) {
        const error = (await openNetwork({ name: "sepolia", ...(otherUrl && { otherUrl }) }).catch((e) => e)) as Error;
        expect(error.name).to.equal("InputError");
        expect(error.message).to.match(/^--network sepolia: its RPC does not answer \(ECONNREFUSED\)/);
      }
    } finally {
      url.getUrl = original;
    }
  });

  it("says why a node does not answer, without the key in its URL", async function () {
    status = 401;
    const error = (await openNetwork({ name: "sepolia" }).catch((thrown) => thrown)) as Error;
    status = 200;
    expect(error.message).to.equal(
      "--network sepolia: its RPC does not answer (server response 401 Unauthorized); start the node or set its URL",
    );
  });

  it("refuses what is no private key in one line that does not show it", async function () {
    const { default: hre } = await import("hardhat");
    const { accounts } = hre.config.networks.sepolia as { accounts: { getHexString: () => Promise<string> }[] };
    const { provider, signer } = await openNetwork({ name: "sepolia" });
    const original = accounts[0]!.getHexString;
    try {
      for (const key of ["ab".repeat(31), "0".repeat(64), "f".repeat(64), "ab".repeat(33)]) {
        accounts[0]!.getHexString = async () => `0x${key}`;
        const error = await signer().catch((thrown: Error) => thrown);
        expect((error as Error).name).to.equal("InputError");
        expect((error as Error).message).to.match(/^--network sepolia: its private key is not one: [^\n]+$/);
        expect((error as Error).message).not.to.include(key.slice(0, 16));
      }
    } finally {
      accounts[0]!.getHexString = original;
      provider.destroy();
    }
    // Hardhat reads it once and keeps it.
    process.env.SEPOLIA_PRIVATE_KEY = "0xzz34567890abcdef";
    const error = await signer().catch((thrown: Error) => thrown);
    expect((error as Error).name).to.equal("InputError");
    expect((error as Error).message).not.to.include("34567890");
  });
});
