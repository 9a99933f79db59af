/** A program that provides a public address while it runs. */
export interface TunnelProgram {
  readonly name: TunnelProgramName;
  readonly file: string;
  /** Milliseconds before an unreachable address is reported. */
  readonly graceMs: number;
  /** What the program needs on the network, as a sentence, for when it fails. */
  readonly advice: string;
  /** The plan for a start, counted from 0. Never holds secrets: `ps` shows the arguments. */
  plan(start: number): TunnelPlan;
}

export type TunnelProgramName = 'cloudflared' | 'ssh';

/** One start of a program. */
export interface TunnelPlan {
  readonly args: readonly string[];
  /** The public origin, when known beforehand. */
  readonly origin: URL | undefined;
  /** Whether a line after the address announces the connection. */
  readonly announcesConnection: boolean;
  /** Parses a line of its stderr. */
  read(line: string): TunnelLine | undefined;
}

type TunnelLine =
  | { readonly kind: 'origin'; readonly origin: URL }
  /** The tunnel is connected: earlier probes could only fail. */
  | { readonly kind: 'connected' };

/** The listener's address. */
export interface TunnelEnd {
  readonly secure: boolean;
  readonly address: string;
  readonly port: number;
}

/** The address for a URL. An unspecified address becomes loopback. */
export function hostOf({ address }: TunnelEnd): string {
  if (address === '0.0.0.0') return '127.0.0.1';
  if (address === '::') return '[::1]';
  return address.includes(':') ? `[${address}]` : address;
}
