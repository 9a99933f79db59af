/** Limits for a sender. Times in milliseconds. */
export const limits = {
  /** From the first byte of a request to the end of its header. */
  headersTimeoutMs: 10_000,
  /** From the first byte of a request to its last. */
  requestTimeoutMs: 30_000,
  /** How often node:http checks the two above. */
  timeoutCheckEveryMs: 2_000,
  /** From the opening of a connection to its first byte. */
  firstByteTimeoutMs: 5_000,
  /** From an answer to the next request on its connection. */
  defaultKeepAliveMs: 75_000,
  maxHeaderBytes: 16 * 1024,
  maxHeaderCount: 500,
  /**
   * Above this, idle connections are closed to make room. When none is idle, new ones are answered
   * 503, and above another quarter closed.
   */
  maxConnections: 4_096,
  /** For all request bodies in flight together. */
  inFlightBodyBytes: 256 * 1024 * 1024,
  /** How much of a rejected upload is read, so that the client can read its answer. */
  maxDiscardedBytes: 64 * 1024 * 1024,
  maxDiscardMs: 2_000,
  /** On shutdown, how long an idle connection stays open. */
  idleMs: 100,
  /** On shutdown, how long calls in flight may take to finish. */
  drainMs: 8_000,
} as const;
