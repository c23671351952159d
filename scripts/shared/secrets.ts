/** One line without the URL it came from, which may hold a key, and without what was signed. */
export function describeError(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return withoutSecrets(text.split("\n")[0] ?? "").slice(0, 400);
}

/** Whatever a node, ethers or somebody else has put into it. */
export function withoutSecrets(text: string): string {
  return withoutSigned(withoutUrls(text));
}

/** Long hex as its beginning: whoever has a signed transaction can send it, also later. Hashes and accounts are shorter. */
function withoutSigned(text: string): string {
  return text.replace(/(?:0x)?[0-9a-fA-F]{129,}/g, (hex) => `${hex.slice(0, 10)}…`);
}

/** URLs as their origin: what comes after is the secret part. */
function withoutUrls(text: string): string {
  return text.replace(/(https?|wss?):\/\/[^\s"'`<>)\\]+/g, (url) => originOf(url));
}

export function originOf(url: string): string {
  try {
    const { protocol, host } = new URL(url);
    return `${protocol}//${host}`;
  } catch {
    return "(not a URL)";
  }
}
