import type { Head, Rpc } from "./rpc.ts";

/** What one node said when it was asked for its newest block. */
export type Answer = { rpc: Rpc; head: Head } | { rpc: Rpc; error: unknown };

export type Choice = {
  /** Whose view is decided by. */
  rpc: Rpc;
  head: Head;
  /** False: two nodes have different histories, and nobody here can tell which is the chain. */
  isTrusted: boolean;
  /** What is wrong, for the log and the metrics. */
  problems: Problem[];
};

export type Problem = { kind: "down" | "behind" | "forked" | "split"; rpc: Rpc; detail: string };

export type ChooseRpcParameters = {
  /** In the order of trust; one or two. */
  rpcs: Rpc[];
  /** A node this many blocks behind the other one is not decided by. */
  maxLag: number;
  /** Blocks that may still change. Histories that differ below are two chains. */
  reorgDepth: number;
};

/**
 * Asks both nodes for their head and says by which one to decide: the first, unless it is silent or behind. Where they
 * disagree about the newest blocks, one is about to re-org, and the first counts; where they disagree deeper, neither does.
 * Undefined: nobody answered.
 */
export async function chooseRpc({ rpcs, maxLag, reorgDepth }: ChooseRpcParameters): Promise<Choice | undefined> {
  const answers = await Promise.all(
    rpcs.map(
      (rpc): Promise<Answer> =>
        rpc.latest().then(
          (head) => ({ rpc, head }),
          (error: unknown) => ({ rpc, error }),
        ),
    ),
  );
  const problems: Problem[] = [];
  const alive = answers.filter((answer) => {
    if ("head" in answer) return true;
    problems.push({ kind: "down", rpc: answer.rpc, detail: "does not answer" });
    return false;
  }) as { rpc: Rpc; head: Head }[];
  const [first, second] = alive;
  if (first === undefined) return undefined;
  if (second === undefined) return { ...first, isTrusted: true, problems };

  const common = Math.min(first.head.number, second.head.number);
  if (!(await agree(first, second, common))) {
    const deep = Math.max(0, common - reorgDepth);
    if (!(await agree(first, second, deep))) {
      problems.push({
        kind: "split",
        rpc: second.rpc,
        detail: `another history than ${first.rpc.name} at block ${deep}`,
      });
      return { ...first, isTrusted: false, problems };
    }
    problems.push({ kind: "forked", rpc: second.rpc, detail: `another block ${common} than ${first.rpc.name}` });
    return { ...first, isTrusted: true, problems };
  }
  const lag = second.head.number - first.head.number;
  if (Math.abs(lag) < maxLag) return { ...first, isTrusted: true, problems };
  const [ahead, behind] = lag > 0 ? [second, first] : [first, second];
  problems.push({ kind: "behind", rpc: behind.rpc, detail: `${Math.abs(lag)} blocks behind ${ahead.rpc.name}` });
  return { ...ahead, isTrusted: true, problems };
}

type Alive = { rpc: Rpc; head: Head };

/** Two that fail to answer about an old block do not agree about it: better wait than act on half of an answer. */
async function agree(a: Alive, b: Alive, number: number): Promise<boolean> {
  const [one, other] = await Promise.all([hashAt(a, number), hashAt(b, number)]);
  return one !== undefined && one === other;
}

async function hashAt({ rpc, head }: Alive, number: number): Promise<string | undefined> {
  if (head.number === number) return head.hash;
  return (await rpc.headAt(number).catch(() => undefined))?.hash;
}
