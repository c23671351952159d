export type FreeNoncesParameters = {
  /** The next nonce by mined blocks. */
  mined: number;
  /** The next one if the node's mempool is counted too: below it every nonce is used by somebody. */
  pending: number;
  /** Nonces of our own that are not mined, sent or about to be. */
  own: number[];
};

/**
 * Nonces for new transactions, lowest first: a gap below our own comes before what follows them, since nothing behind a gap
 * is ever mined.
 */
export function* freeNonces({ mined, pending, own }: FreeNoncesParameters): Generator<number> {
  const used = new Set(own);
  for (let nonce = mined; ; nonce += 1) {
    if (used.has(nonce) || nonce < pending) continue;
    yield nonce;
  }
}

/** Nonces that nobody uses, below one of our own: without them ours wait forever. */
export function gaps({ mined, pending, own }: FreeNoncesParameters): number[] {
  const highest = Math.max(-1, ...own);
  const found: number[] = [];
  for (const nonce of freeNonces({ mined, pending, own })) {
    if (nonce > highest) return found;
    found.push(nonce);
  }
  return found;
}
