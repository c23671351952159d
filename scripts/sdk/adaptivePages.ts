export type AdaptivePagesParameters<T> = {
  from: number;
  to: number;
  /** What a node answers for a range of blocks, both ends included. */
  read: (from: number, to: number) => Promise<T[]>;
  isNewestFirst?: boolean;
  /** Blocks of the first request; later ones adapt to what the node bears. */
  pageSize?: number;
  maxPageSize?: number;
};

export type Page<T> = { items: T[]; from: number; to: number };

/** Many answers in one page make a page too large for the next node; few make it too small. */
const MANY = 5_000;
const FEW = 1_000;

/**
 * A long range of blocks, page after page. Nodes bound a request by blocks, by logs or by time and say so each in their own
 * words: whatever a node refuses is asked for again in halves, and pages grow while they are light.
 */
export async function* adaptivePages<T>({
  from,
  to,
  read,
  isNewestFirst = false,
  pageSize = 2_000,
  maxPageSize = 50_000,
}: AdaptivePagesParameters<T>): AsyncGenerator<Page<T>> {
  let size = pageSize;
  let [low, high] = [from, to];
  while (low <= high) {
    const first = isNewestFirst ? Math.max(low, high - size + 1) : low;
    const last = isNewestFirst ? high : Math.min(high, low + size - 1);
    let items: T[];
    try {
      items = await read(first, last);
    } catch (error) {
      // One block that cannot be had is no matter of its size.
      if (last === first) throw error;
      size = Math.max(1, Math.floor((last - first + 1) / 2));
      continue;
    }
    yield { items, from: first, to: last };
    if (isNewestFirst) high = first - 1;
    else low = last + 1;
    if (items.length > MANY) size = Math.max(1, Math.floor(size / 2));
    else if (items.length < FEW) size = Math.min(maxPageSize, size * 2);
  }
}
