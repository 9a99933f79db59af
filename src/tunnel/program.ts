/** A program that gives a listener a public address for as long as it runs. */
export interface TunnelProgram {
  readonly name: TunnelProgramName;
  /** Its file, found on the PATH. */
  readonly file: string;
  /** How long its address may take to answer before that is told, in milliseconds. */
  readonly patience: number;
  /** What is needed on the way, in a sentence for whoever it does not work for. */
  readonly advice: string;
  /** How to start it for the so-manieth time, counted from 0. Never holds a secret: `ps` shows it. */
  plan(start: number): TunnelPlan;
}

export type TunnelProgramName = 'cloudflared' | 'ssh';

/** One start of a program. */
export interface TunnelPlan {
  readonly args: readonly string[];
  /** The public origin, where it is known beforehand. */
  readonly origin: URL | undefined;
  /** Whether a line tells, after the address, that the way is open. */
  readonly tellsConnection: boolean;
  /** What a line of its stderr tells. */
  read(line: string): TunnelLine | undefined;
}

type TunnelLine =
  | { readonly kind: 'origin'; readonly origin: URL }
  /** The way is open: asking earlier could only fail. */
  | { readonly kind: 'connected' };

/** Where a tunnel leads to. */
export interface TunnelEnd {
  readonly secure: boolean;
  readonly address: string;
  readonly port: number;
}

/** The address as it stands in a URL. One that means every interface is reached on loopback. */
export function hostOf({ address }: TunnelEnd): string {
  if (address === '0.0.0.0') return '127.0.0.1';
  if (address === '::') return '[::1]';
  return address.includes(':') ? `[${address}]` : address;
}
