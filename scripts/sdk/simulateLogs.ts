import { JsonRpcApiProvider, type Provider, toQuantity } from "ethers";

export type SimulateLogsParameters = {
  from: string;
  to: string;
  data: string;
};

export type SimulatedLog = { address: string; topics: string[]; data: string };

type Frame = { error?: string; logs?: (SimulatedLog & { index?: string })[]; calls?: Frame[] };
type Block = { calls: { status: string; logs: SimulatedLog[] }[] };

/**
 * What a call would emit in the next block if it was sent now: events say more than a call returns. Most nodes can tell by
 * `eth_simulateV1`, Hardhat's by a trace; undefined: this one cannot, or the call reverts.
 */
export async function simulateLogs(
  provider: Provider | null | undefined,
  call: SimulateLogsParameters,
): Promise<SimulatedLog[] | undefined> {
  if (!(provider instanceof JsonRpcApiProvider)) return undefined;
  return (await bySimulation(provider, call)) ?? (await byTrace(provider, call));
}

async function bySimulation(
  provider: JsonRpcApiProvider,
  call: SimulateLogsParameters,
): Promise<SimulatedLog[] | undefined> {
  try {
    const { timestamp } = (await provider.getBlock("latest"))!;
    // Nodes disagree about the time of a block nobody asked for; prices and funding go by it.
    const blockOverrides = { time: toQuantity(timestamp + 1) };
    const [block]: Block[] = await provider.send("eth_simulateV1", [
      { blockStateCalls: [{ blockOverrides, calls: [call] }] },
      "latest",
    ]);
    const [done] = block!.calls;
    return done?.status === "0x1" ? done.logs : undefined;
  } catch {
    return undefined;
  }
}

async function byTrace(
  provider: JsonRpcApiProvider,
  call: SimulateLogsParameters,
): Promise<SimulatedLog[] | undefined> {
  try {
    const tracer = { tracer: "callTracer", tracerConfig: { withLog: true } };
    const top: Frame = await provider.send("debug_traceCall", [call, "pending", tracer]);
    return top.error === undefined ? logsOf(top) : undefined;
  } catch {
    return undefined;
  }
}

/** What a reverted part of the call emitted was undone with it. */
function logsOf({ error, logs = [], calls = [] }: Frame): SimulatedLog[] {
  return error === undefined ? [...logs, ...calls.flatMap(logsOf)] : [];
}
