export interface PostAnswer {
  readonly status: number;
  /** By name in lower case; the first value of a repeated header. */
  readonly headers: Readonly<Record<string, string>>;
  /** The first kilobyte of the body. */
  readonly text: string;
  /** Milliseconds from the first byte sent to the last byte of the answer. */
  readonly ms: number;
}
