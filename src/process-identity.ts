/**
 * Identifies a process among all that may share a store. Fields are empty where the platform does
 * not provide them.
 */
export interface ProcessIdentity {
  readonly pid: number;
  /** Its start, in ticks since boot. Process numbers are reused. */
  readonly started: string;
  readonly host: string;
  /** The machine's boot id. */
  readonly boot: string;
  /** Its PID namespace: containers reuse each other's process numbers. */
  readonly namespace: string;
  /** Processes with the same value read the same monotonic clock. */
  readonly clock: string;
}
