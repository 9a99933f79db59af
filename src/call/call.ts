/** Header names and values in wire order, including repeated ones. */
export type HeaderPairs = readonly (readonly [name: string, value: string])[];

/** A call as `listen` received it, byte for byte, with the status it was answered. */
export interface ReceivedCall {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly method: string;
  /** The request target as received: usually a path with a query. */
  readonly target: string;
  /** The peer's address; IPv4-mapped ones as IPv4. */
  readonly remote: string;
  /** Secrets are replaced: see `withoutSecrets`. */
  readonly headers: HeaderPairs;
  readonly body: Uint8Array;
  readonly status: number;
}

/** A received call that is stored. */
export interface Capture extends ReceivedCall {
  /** Sixteen characters that sort by recording time; any unique prefix identifies it. */
  readonly id: string;
}

export interface OutgoingCall {
  /** http or https, without credentials. */
  readonly url: URL;
  readonly method: string;
  readonly headers: HeaderPairs;
  readonly body: Uint8Array;
}
