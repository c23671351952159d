import { JsonRpcProvider, type Signer, Wallet } from "ethers";
import { InputError } from "./inputError.ts";

export type OpenNetworkParameters = {
  /** As in `hardhat --network`: a network of hardhat.config.ts. */
  name: string;
  /** Which of its accounts signs. */
  accountIndex?: number;
  /** The same by address; counts instead of `accountIndex`. */
  from?: string;
};

export type OpenNetwork = {
  name: string;
  provider: JsonRpcProvider;
  chainId: bigint;
  /** The signer of the account, asked for only when something is to be signed: keys stay in the keystore until then. */
  signer(): Promise<Signer>;
};

/**
 * A network of hardhat.config.ts with its RPC and its keys, wherever they are kept (keystore, environment, the node
 * itself). Plain ethers behind it, so that what a program does here a browser does with its own wallet.
 */
export async function openNetwork({ name, accountIndex = 0, from }: OpenNetworkParameters): Promise<OpenNetwork> {
  const { default: hre } = await import("hardhat");
  const config = hre.config.networks[name];
  if (config === undefined || config.type !== "http") {
    const names = Object.entries(hre.config.networks).filter(([, { type }]) => type === "http");
    throw new InputError(`--network ${name}: not one of ${names.map(([known]) => known).join(", ")}`);
  }
  const url = await configured(name, () => config.url.getUrl());
  const provider = new JsonRpcProvider(url, undefined, { polling: true, pollingInterval: 250, cacheTimeout: -1 });
  const chainId = await reach(provider, name);
  if (config.chainId !== undefined && BigInt(config.chainId) !== chainId) {
    throw new InputError(`--network ${name}: the RPC serves chain ${chainId}, not ${config.chainId}`);
  }
  return {
    name,
    provider,
    chainId,
    async signer() {
      const { accounts } = config;
      if (accounts === "remote")
        return from === undefined ? remoteSigner(provider, accountIndex) : namedSigner(provider, from);
      if (!Array.isArray(accounts)) throw new InputError(`--network ${name}: its accounts are not a list of keys`);
      if (from !== undefined) {
        for (const held of accounts) {
          const wallet = await walletOf(name, held, provider);
          if (wallet.address.toLowerCase() === from.toLowerCase()) return wallet;
        }
        throw new InputError(`--from ${from}: ${name} has no key of it`);
      }
      const key = accounts[accountIndex];
      if (key === undefined) throw new InputError(`--account ${accountIndex}: ${name} has ${accounts.length} accounts`);
      return walletOf(name, key, provider);
    },
  };
}

async function remoteSigner(provider: JsonRpcProvider, index: number): Promise<Signer> {
  const addresses = await provider.listAccounts();
  const signer = addresses[index];
  if (signer === undefined) throw new InputError(`--account ${index}: the node has ${addresses.length} accounts`);
  return signer;
}

async function namedSigner(provider: JsonRpcProvider, address: string): Promise<Signer> {
  const addresses = await provider.listAccounts();
  const signer = addresses.find((held) => held.address.toLowerCase() === address.toLowerCase());
  if (signer === undefined) throw new InputError(`--from ${address}: the node has no key of it`);
  return signer;
}

/** What ethers says about a key that is none may show it. */
function walletOf(name: string, key: { getHexString(): Promise<string> }, provider: JsonRpcProvider): Promise<Wallet> {
  return configured(name, async () => {
    const text = await key.getHexString();
    try {
      return new Wallet(text, provider);
    } catch {
      throw new Error("its private key is not one: 64 digits in hex, not all zero.");
    }
  });
}

/** Addresses and keys are looked up in the keystore or the environment only now, and may be missing there. */
async function configured<T>(name: string, look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (error) {
    const why = (error as Error).message.split("\n")[0]!.replace(/^HHE\d+: /, "");
    throw new InputError(
      `--network ${name}: ${why} Set it with \`npm run hardhat -- keystore set\` or in the environment.`,
    );
  }
}

/** One line instead of ethers' endless retrying when nobody answers. */
async function reach(provider: JsonRpcProvider, name: string): Promise<bigint> {
  try {
    return BigInt(await provider.send("eth_chainId", []));
  } catch (error) {
    provider.destroy();
    const why = (error as { code?: string }).code ?? (error as Error).message.split("\n")[0];
    throw new InputError(`--network ${name}: its RPC does not answer (${why}); start the node or set its URL`);
  }
}
