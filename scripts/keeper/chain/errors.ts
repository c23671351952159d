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
  /timeout|timed out|rate limit|limit exceeded|rate exceeded|has exceeded|too many requests|header not found|missing trie node|unknown block|could not (?:find|coalesce)|block .*not found|BlockOutOfRange|temporarily|internal error|server response|socket|fetch failed/i;

type Thrown = { code?: unknown; message?: unknown; cause?: unknown; data?: unknown; info?: { error?: unknown } };

/** Whether an RPC failed rather than a contract refused. */
export function isPassing(error: unknown): boolean {
  if (error instanceof RetryableError) return true;
  if (error instanceof InputError) return false;
  if (typeof error !== "object" || error === null) return false;
  const { code, message, cause, data, info } = error as Thrown;
  // For ethers everything that goes wrong with a call is the contract's; a node that has not got the block says so in there.
  if (code === "CALL_EXCEPTION") return (data ?? null) === null && isPassing(info?.error);
  if (typeof code === "string" && PASSING.has(code)) return true;
  return (typeof message === "string" && PASSING_WORDS.test(message)) || (cause !== undefined && isPassing(cause));
}
