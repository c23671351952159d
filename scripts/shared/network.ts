import { FetchRequest, JsonRpcProvider, type Signer, Wallet } from "ethers";
import { InputError } from "./inputError.ts";
import { describeError } from "./secrets.ts";

/** Ethers waits for five minutes. */
const ANSWER_MS = 10_000;

export type OpenNetworkParameters = {
  /** As in `hardhat --network`: a network of hardhat.config.ts. */
  name: string;
  /** Which of its accounts signs. */
  accountIndex?: number;
  /** The same by address; counts instead of `accountIndex`. */
  from?: string;
  /** Asked which chain it is where the network's own node is silent. */
  otherUrl?: string;
};

export type OpenNetwork = {
  name: string;
  /** Of its own node. */
  url: string;
  /** Of the node that answered. */
  provider: JsonRpcProvider;
  chainId: bigint;
  /** The signer of the account, asked for only when something is to be signed: keys stay in the keystore until then. */
  signer(): Promise<Signer>;
};

/**
 * A network of hardhat.config.ts with its RPC and its keys, wherever they are kept (keystore, environment, the node
 * itself). Plain ethers behind it, so that what a program does here a browser does with its own wallet.
 */
export async function openNetwork({
  name,
  accountIndex = 0,
  from,
  otherUrl,
}: OpenNetworkParameters): Promise<OpenNetwork> {
  const { default: hre } = await import("hardhat");
  const config = hre.config.networks[name];
  if (config === undefined || config.type !== "http") {
    const names = Object.entries(hre.config.networks).filter(([, { type }]) => type === "http");
    throw new InputError(`--network ${name}: not one of ${names.map(([known]) => known).join(", ")}`);
  }
  const url = await configured(name, () => config.url.getUrl());
  const answer = await firstToAnswer(name, [url, ...(otherUrl === undefined ? [] : [otherUrl])]);
  const { chainId } = answer;
  if (config.chainId !== undefined && BigInt(config.chainId) !== chainId) {
    throw new InputError(`--network ${name}: the RPC serves chain ${chainId}, not ${config.chainId}`);
  }
  const provider = new JsonRpcProvider(answer.url, undefined, {
    polling: true,
    pollingInterval: 250,
    cacheTimeout: -1,
  });
  return {
    name,
    url,
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
      if (key === undefined) throw new InputError(`account ${accountIndex}: ${name} has ${accounts.length} accounts`);
      return walletOf(name, key, provider);
    },
  };
}

async function remoteSigner(provider: JsonRpcProvider, index: number): Promise<Signer> {
  const addresses = await provider.listAccounts();
  const signer = addresses[index];
  if (signer === undefined) throw new InputError(`account ${index}: the node has ${addresses.length} accounts`);
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
async function firstToAnswer(name: string, urls: string[]): Promise<{ url: string; chainId: bigint }> {
  const errors: unknown[] = [];
  for (const url of urls) {
    const request = new FetchRequest(url);
    request.timeout = ANSWER_MS;
    const provider = new JsonRpcProvider(request);
    try {
      return { url, chainId: BigInt(await provider.send("eth_chainId", [])) };
    } catch (error) {
      errors.push(error);
    } finally {
      provider.destroy();
    }
  }
  const [first] = errors;
  const { shortMessage, code } = first as { shortMessage?: string; code?: string };
  const why = describeError(shortMessage ?? code ?? first);
  throw new InputError(`--network ${name}: its RPC does not answer (${why}); start the node or set its URL`);
}
