import { createRequire } from "node:module";
import hardhatToolboxMochaEthers from "@nomicfoundation/hardhat-toolbox-mocha-ethers";
import { configVariable, defineConfig } from "hardhat/config";

const require = createRequire(import.meta.url);

/** The compiler comes from npm: nothing is downloaded at build time, and every machine compiles with the same bytes. */
const solc = { version: "0.8.37", path: require.resolve("solc/soljson.js") };

/** `npm run test:deep` sets it: the same tests, many more inputs. */
const isDeep = process.env.DEEP === "1";

/** `npm run mutate` sets it: a planted bug needs to be found, not to be told in the fewest steps. */
const isMutation = process.env.MUTATION === "1";

/**
 * A public chain: its node and its key come from the keystore (`npm run hardhat -- keystore set SEPOLIA_RPC_URL`) or from the
 * environment, and are asked for only when the network is used.
 */
function testnet(prefix: string, chainId: number, chainType: "l1" | "op" | "generic") {
  const url = configVariable(`${prefix}_RPC_URL`);
  return { type: "http" as const, chainType, chainId, url, accounts: [configVariable(`${prefix}_PRIVATE_KEY`)] };
}

export default defineConfig({
  plugins: [hardhatToolboxMochaEthers],
  solidity: {
    npmFilesToBuild: [
      "@openzeppelin/contracts/access/manager/AccessManager.sol",
      "@pythnetwork/pyth-sdk-solidity/MockPyth.sol",
    ],
    profiles: {
      // Fast to compile: the profile of tests and of the demo.
      default: {
        ...solc,
        settings: { evmVersion: "osaka", optimizer: { enabled: true, runs: 200 } },
      },
      // What is deployed: sizes and gas are measured on it.
      production: {
        ...solc,
        isolated: false,
        settings: { evmVersion: "osaka", viaIR: true, optimizer: { enabled: true, runs: 200 } },
      },
    },
  },
  paths: { ignition: "deploy", tests: { mocha: "./test", solidity: "./test" } },
  typechain: { outDir: "typechain-types" },
  networks: {
    // Its clock starts at the same moment on every day and every machine.
    default: {
      type: "edr-simulated",
      chainType: "l1",
      allowUnlimitedContractSize: true,
      initialDate: "2026-01-01T00:00:00Z",
    },
    // What `hardhat node` or `anvil` serves.
    localhost: { type: "http", chainType: "l1", url: process.env.LOCALHOST_RPC_URL ?? "http://127.0.0.1:8545" },
    sepolia: testnet("SEPOLIA", 11_155_111, "l1"),
    arbitrumSepolia: testnet("ARBITRUM_SEPOLIA", 421_614, "generic"),
    baseSepolia: testnet("BASE_SEPOLIA", 84_532, "op"),
  },
  // One key serves the explorers of all three.
  verify: { etherscan: { apiKey: configVariable("ETHERSCAN_API_KEY") } },
  test: {
    mocha: { timeout: 300_000, parallel: true, jobs: 2, require: ["./test/shared/bigint.ts"] },
    solidity: {
      fuzz: { runs: isDeep ? 20_000 : 256, seed: "0x1234" },
      invariant: {
        runs: isDeep ? 2_000 : isMutation ? 96 : 256,
        depth: 64,
        failOnRevert: false,
        ...(isMutation ? { shrinkRunLimit: 0 } : {}),
      },
    },
  },
});
