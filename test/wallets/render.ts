import { FunctionFragment, getAddress, Interface, type Result, toBeHex } from "ethers";
import { type Descriptor, fieldsOf, type ResolvedField } from "../../scripts/wallets/schema.ts";

/** What a wallet knows besides the descriptors. */
export type Wallet = {
  chainId: bigint;
  descriptors: Descriptor[];
  /** By address: what the token itself says. */
  tokens: Record<string, { symbol: string; decimals: number }>;
  /** By address: its owner's contacts. */
  names: Record<string, string>;
};

export type Call = { to: string; data: string; value?: bigint };

type Container = { to: string; value: bigint };

/** The lines a wallet shows before a call is signed, by the rules of ERC-7730: the intent, then "label · value". */
export function renderCall(wallet: Wallet, { to, data, value = 0n }: Call): string[] {
  for (const descriptor of wallet.descriptors.filter((one) => "contract" in one.context && isAt(wallet, one, to))) {
    for (const [key, { intent }] of Object.entries(descriptor.display.formats)) {
      const fragment = FunctionFragment.from(`function ${key}`);
      if (!data.startsWith(fragment.selector)) continue;
      const args = new Interface([fragment]).decodeFunctionData(fragment, data);
      return [intent, ...renderFields(wallet, descriptor, key, args, { to, value })];
    }
  }
  throw new Error(`blind signing: no descriptor for ${data.slice(0, 10)} at ${to}`);
}

/** The same for a message of EIP-712. */
export function renderMessage(wallet: Wallet, to: string, key: string, message: Record<string, unknown>): string[] {
  const descriptor = wallet.descriptors.find((one) => "eip712" in one.context && isAt(wallet, one, to));
  if (descriptor?.display.formats[key] === undefined) throw new Error("blind signing: no descriptor of the message");
  const { intent } = descriptor.display.formats[key];
  return [intent, ...renderFields(wallet, descriptor, key, message, { to, value: 0n })];
}

/** The sentence a wallet may show instead of the lines. */
export function renderSentence(wallet: Wallet, call: Call): string {
  const descriptor = wallet.descriptors.find((one) => "contract" in one.context && isAt(wallet, one, call.to))!;
  for (const [key, { interpolatedIntent }] of Object.entries(descriptor.display.formats)) {
    const fragment = FunctionFragment.from(`function ${key}`);
    if (!call.data.startsWith(fragment.selector) || interpolatedIntent === undefined) continue;
    const args = new Interface([fragment]).decodeFunctionData(fragment, call.data);
    const fields = fieldsOf(descriptor, key);
    return interpolatedIntent.replaceAll(/\{([^}]+)\}/g, (_, path: string) => {
      const field = fields.find((one) => one.path === path)!;
      const container = { to: call.to, value: call.value ?? 0n };
      return show(wallet, descriptor, field, valuesAt(path, args, container)[0], args, container)[0]!;
    });
  }
  throw new Error("no sentence");
}

function isAt({ chainId }: Wallet, { context }: Descriptor, to: string): boolean {
  const { deployments } = "contract" in context ? context.contract : context.eip712;
  return deployments.some((one) => BigInt(one.chainId) === chainId && one.address === to);
}

function renderFields(
  wallet: Wallet,
  descriptor: Descriptor,
  key: string,
  args: Result | Record<string, unknown>,
  container: Container,
): string[] {
  return fieldsOf(descriptor, key).flatMap((field) => {
    const { visible, label, path } = field;
    if (visible === "never") return [];
    return valuesAt(path, args, container).flatMap((value) => {
      if (visible?.ifNotIn.map(String).includes(String(value))) return [];
      const [first, ...inner] = show(wallet, descriptor, field, value, args, container);
      return [`${label} · ${first}`, ...inner.map((line) => `  ${line}`)];
    });
  });
}

/** One value, or each of an array's; a slice takes bytes of a word. */
function valuesAt(path: string, args: Result | Record<string, unknown>, container: Container): unknown[] {
  if (path === "@.value") return [container.value];
  if (path === "@.to") return [container.to];
  return path.split(".").reduce<unknown[]>(
    (values, step) => {
      const slice = /^\[(\d+):(\d+)\]$/.exec(step);
      if (slice !== null) {
        const [start, end] = [Number(slice[1]), Number(slice[2])];
        return values.map((value) => `0x${toBeHex(value as bigint, 32).slice(2 + 2 * start, 2 + 2 * end)}`);
      }
      if (step === "[]") return values.flatMap((value) => [...(value as Iterable<unknown>)]);
      return values.map((value) => (value as Record<string, unknown>)[step]);
    },
    [args],
  );
}

function show(
  wallet: Wallet,
  { metadata }: Descriptor,
  field: ResolvedField,
  value: unknown,
  args: Result | Record<string, unknown>,
  container: Container,
): string[] {
  switch (field.format) {
    case "raw":
      // A slice of a number is a number.
      return [/^0x/.test(String(value)) && field.path.endsWith("]") ? String(BigInt(String(value))) : String(value)];
    case "addressName":
      return [nameOf(wallet, String(value))];
    case "amount":
      return [`${decimal(value as bigint, 18)} ETH`];
    case "unit": {
      const { base, decimals = 0 } = field.params;
      return [`${decimal(BigInt(String(value)), decimals)}${base === "%" ? "" : " "}${base}`];
    }
    case "date":
      return [new Date(Number(value) * 1_000).toISOString().replace(".000Z", "Z")];
    case "duration": {
      const seconds = Number(value);
      const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
      return [parts.map((part) => String(part).padStart(2, "0")).join(":")];
    }
    case "enum":
      return [metadata.enums![field.params.$ref.split(".").at(-1)!]![String(value)]!];
    case "tokenAmount": {
      const { params } = field;
      const at =
        "token" in params
          ? metadata.maps!.quoteToken!.values[String(wallet.chainId)]!
          : String(valuesAt(params.tokenPath, args, container)[0]);
      const { symbol, decimals } = wallet.tokens[at]!;
      const threshold = "threshold" in params && params.threshold;
      if (threshold && BigInt(String(value)) >= BigInt(threshold)) return [`Unlimited ${symbol}`];
      return [`${decimal(value as bigint, decimals)} ${symbol}`];
    }
    case "calldata": {
      const to = String(valuesAt(field.params.calleePath, args, container)[0]);
      return renderCall(wallet, { to, data: String(value) });
    }
  }
}

function nameOf({ names }: Wallet, address: string): string {
  const checked = getAddress(address);
  return names[checked] ?? checked;
}

/** All digits that say something, with separators. */
function decimal(value: bigint, decimals: number): string {
  const size = value < 0n ? -value : value;
  const unit = 10n ** BigInt(decimals);
  const rest = (size % unit).toString().padStart(decimals, "0").replace(/0+$/, "");
  const whole = (size / unit).toLocaleString("en-US");
  return `${value < 0n ? "-" : ""}${whole}${decimals === 0 || rest === "" ? "" : `.${rest}`}`;
}
