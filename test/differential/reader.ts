import { getBytes, type Interface, type ParamType, toBeHex } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

/** One view to read. */
export interface Read {
  to: string;
  abi: Interface;
  name: string;
  args: readonly unknown[];
}

/** What a view answered; undefined: it reverted. */
// biome-ignore lint/suspicious/noExplicitAny: the shape is the view's own.
export type Answer = any;

const wordsOf = (type: ParamType): number => {
  if (type.isTuple()) return type.components.reduce((sum, part) => sum + wordsOf(part), 0);
  if (type.isArray()) return type.arrayLength * wordsOf(type.arrayChildren);
  return 1;
};

const push = (value: number | bigint | string, bytes: number): string =>
  (0x5f + bytes).toString(16) + toBeHex(value, bytes).slice(2);

const CALLDATA = 0;
const ANSWERS = 0x400;
const [CODECOPY, STATICCALL, GAS, MSTORE, RETURN] = ["39", "fa", "5a", "52", "f3"];
const INSTRUCTIONS_PER_READ = 53;
const INSTRUCTIONS_AT_END = 9;

/**
 * Reads many views in one call and one block: a program is written for them and run as if it were to be deployed. Only
 * views that answer a fixed number of words.
 */
export async function readAll(connection: NetworkConnection, reads: readonly Read[]): Promise<Answer[]> {
  let program = "";
  let data = "";
  let slot = ANSWERS;
  const slots: number[] = [];
  const dataStart = reads.length * INSTRUCTIONS_PER_READ + INSTRUCTIONS_AT_END;
  for (const { to, abi, name, args } of reads) {
    const fragment = abi.getFunction(name);
    if (fragment === null) throw new Error(`no view ${name}`);
    const calldata = abi.encodeFunctionData(fragment, args as unknown[]).slice(2);
    const size = calldata.length / 2;
    const words = fragment.outputs.reduce((sum, type) => sum + wordsOf(type), 0);
    program += push(size, 3) + push(dataStart + data.length / 2, 3) + push(CALLDATA, 1) + CODECOPY;
    program += push(words * 32, 3) + push(slot + 32, 3) + push(size, 3) + push(CALLDATA, 1) + push(to, 20);
    program += `${GAS}${STATICCALL}${push(slot, 3)}${MSTORE}`;
    slots.push(slot);
    data += calldata;
    slot += 32 * (words + 1);
  }
  program += push(slot - ANSWERS, 3) + push(ANSWERS, 3) + RETURN;
  if (program.length / 2 !== dataStart) throw new Error(`program is ${program.length / 2}, not ${dataStart} bytes`);

  const answer = getBytes(
    (await connection.provider.request({
      method: "eth_call",
      params: [{ data: `0x${program}${data}` }, "latest"],
    })) as string,
  );
  return reads.map(({ abi, name }, index) => {
    const start = (slots[index] as number) - ANSWERS;
    const end = index + 1 < slots.length ? (slots[index + 1] as number) - ANSWERS : answer.length;
    if (answer[start + 31] === 0) return undefined;
    const values = abi.decodeFunctionResult(name, answer.slice(start + 32, end));
    return values.length === 1 ? values[0] : values;
  });
}
