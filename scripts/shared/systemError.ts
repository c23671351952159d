const WORDS: Record<string, string> = {
  EACCES: "permission denied",
  EADDRINUSE: "the port is taken",
  EEXIST: "something else has that name",
  EISDIR: "it is a folder",
  ENOENT: "no such file or folder",
  ENOSPC: "the disk is full",
  ENOTDIR: "a part of its path is no folder",
  EPERM: "permission denied",
  EROFS: "the disk is read-only",
};

/** What the operating system refused, in one line; undefined: it is not of the operating system. `place`: where, if known. */
export function systemErrorLine(error: unknown, place?: string): string | undefined {
  const { code, syscall, path, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number };
  if (code === undefined || syscall === undefined) return undefined;
  const what = place ?? path ?? (port === undefined ? syscall : `${address ?? ""}:${port}`);
  return `${what}: ${WORDS[code] ?? code}`;
}
