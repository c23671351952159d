import { z } from "zod";

/** Where signed Pyth prices come from. Tests put their own in its place. */
export type PythPrices = {
  /** Updates of the first price published at or after a moment, unix seconds. */
  at(ids: string[], earliest: bigint): Promise<string[] | undefined>;
  latest(ids: string[]): Promise<string[] | undefined>;
};

const answerSchema = z.object({ binary: z.object({ data: z.array(z.string().regex(/^[0-9a-fA-F]+$/)) }) });

/** Pyth's public service, or one's own. Silence, or an answer that makes no sense, is no price: undefined. */
export function hermes(url: string, timeoutMs: number): PythPrices {
  async function ask(path: string, ids: string[]): Promise<string[] | undefined> {
    const query = new URLSearchParams([...ids.map((id) => ["ids[]", id] as [string, string]), ["encoding", "hex"]]);
    try {
      const response = await fetch(`${url.replace(/\/$/, "")}/v2/updates/price/${path}?${query}`, {
        signal: AbortSignal.timeout(timeoutMs),
      });
      const answer = answerSchema.safeParse(await response.json());
      return answer.success ? answer.data.binary.data.map((data) => `0x${data}`) : undefined;
    } catch {
      return undefined;
    }
  }
  return {
    at: (ids, earliest) => ask(String(earliest), ids),
    latest: (ids) => ask("latest", ids),
  };
}

/** Updates that somebody has brought along, whatever is asked for: the chain checks them. */
export function givenUpdates(updates: string[]): PythPrices {
  return { at: async () => updates, latest: async () => updates };
}
