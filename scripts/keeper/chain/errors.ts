import { InputError } from "../../shared/inputError.ts";

/** What passes by itself: the loop waits and tries again. Anything else stops the keeper. */
export class RetryableError extends Error {
  override readonly name = "RetryableError";
}

const PASSING = new Set([
  "NETWORK_ERROR",
  "SERVER_ERROR",
  "TIMEOUT",
  "BAD_DATA",
  "CANCELLED",
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EPIPE",
  "ETIMEDOUT",
  "UND_ERR_SOCKET",
]);

/** Words in which nodes say that they, and not the request, are at fault. */
const PASSING_WORDS =
  /timeout|timed out|rate limit|too many requests|header not found|missing trie node|unknown block|could not (?:find|coalesce)|block .*not found|BlockOutOfRange|temporarily|internal error|server response|socket|fetch failed/i;

/** Whether an RPC failed rather than a contract refused. */
export function isPassing(error: unknown): boolean {
  if (error instanceof RetryableError) return true;
  if (error instanceof InputError) return false;
  if (typeof error !== "object" || error === null) return false;
  const { code, message, cause } = error as { code?: unknown; message?: unknown; cause?: unknown };
  if (code === "CALL_EXCEPTION") return false;
  if (typeof code === "string" && PASSING.has(code)) return true;
  return (typeof message === "string" && PASSING_WORDS.test(message)) || (cause !== undefined && isPassing(cause));
}

/** One line without the URL it came from, which may hold a key, and without what was signed. */
export function describeError(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return withoutSigned(withoutUrls(text.split("\n")[0] ?? "")).slice(0, 400);
}

/** Long hex as its beginning: whoever has a signed transaction can send it, also later. Hashes and accounts are shorter. */
export function withoutSigned(text: string): string {
  return text.replace(/(?:0x)?[0-9a-fA-F]{129,}/g, (hex) => `${hex.slice(0, 10)}…`);
}

/** URLs as their origin: what comes after is the secret part. */
export function withoutUrls(text: string): string {
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
