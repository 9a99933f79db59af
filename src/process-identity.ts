/** Which process it is, among all that may share a store. Empty: this platform does not say. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it was started, in ticks since the boot. A number is given to another process later. */
  readonly started: string;
  readonly host: string;
  /** Which boot of the machine. */
  readonly boot: string;
  /** Its PID namespace: containers have one each, and processes in them the same numbers. */
  readonly namespace: string;
  /** Processes with the same value read the same monotonic clock. */
  readonly clock: string;
}
