/** Header names and values in the order in which they came, repeated ones too. */
export type HeaderPairs = readonly (readonly [name: string, value: string])[];

/** A call as `listen` received it, byte for byte, with the answer that it got. */
export interface ReceivedCall {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly method: string;
  /** The request target as it came: usually a path with a query. */
  readonly target: string;
  /** The peer's address, IPv4-mapped ones as IPv4. */
  readonly remote: string;
  /** Secrets are replaced: see `withoutSecrets`. */
  readonly headers: HeaderPairs;
  readonly body: Uint8Array;
  /** The status that it was answered. */
  readonly status: number;
}

/** A received call that was recorded. */
export interface Capture extends ReceivedCall {
  /** Sixteen characters that sort by time of recording; any unique prefix names it. */
  readonly id: string;
}

/** A call to be sent. */
export interface OutgoingCall {
  /** http or https, without credentials in it. */
  readonly url: URL;
  readonly method: string;
  readonly headers: HeaderPairs;
  readonly body: Uint8Array;
}
