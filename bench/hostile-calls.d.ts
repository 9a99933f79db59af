export interface GeneratedCall {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  /** Number of events; null when it is not a payload. */
  readonly events: number | null;
}

export interface HostileCall extends GeneratedCall {
  readonly name: string;
}

export declare function hostileCalls(bytes: number): Generator<HostileCall>;
export declare function soundCall(bytes: number): GeneratedCall;
