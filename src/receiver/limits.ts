/** What a sender may take of the listener. Milliseconds and bytes. */
export const limits = {
  /** From the first byte of a request to the end of its header. */
  headersTimeout: 10_000,
  /** From the first byte of a request to its last. */
  requestTimeout: 30_000,
  /** How often the two above are looked at. */
  timeoutCheckEvery: 2_000,
  /** From the opening of a connection to the first byte on it. */
  firstByteTimeout: 5_000,
  /** From an answer to the next request on its connection, unless the user says otherwise. */
  defaultKeepAlive: 75_000,
  headerBytes: 16 * 1024,
  headerCount: 500,
  /**
   * Beyond these, idle connections are closed to make room. Where none is idle, new ones are answered
   * 503, and beyond a quarter more closed.
   */
  connections: 4_096,
  /** What the bodies under way may take of the memory together. */
  bodyBytesUnderWay: 256 * 1024 * 1024,
  /** How much of a refused upload is read on, so that the client gets to read its answer. */
  discardedBytes: 64 * 1024 * 1024,
  discardedTime: 2_000,
  /** How long a connection on which nothing happens is still listened to when it stops. */
  idleTime: 100,
  /** How long calls under way may take to finish when the listener stops. */
  drainTime: 8_000,
} as const;
