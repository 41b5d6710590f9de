/** Why a connection failed, in words. */
export function reasonOf(error: NodeJS.ErrnoException): string {
  const known: Record<string, string> = {
    ENOTFOUND: "the name of the server cannot be resolved",
    EAI_AGAIN: "the name of the server cannot be resolved",
    ECONNREFUSED: "connection refused",
    ECONNRESET: "the connection was reset",
    EPIPE: "the connection was reset",
    ETIMEDOUT: "the connection timed out",
    ENETUNREACH: "no network",
    EHOSTUNREACH: "the server cannot be reached",
  };
  return (error.code && known[error.code]) || error.message || String(error.code);
}
