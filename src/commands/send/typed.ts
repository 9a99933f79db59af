import type { PrintForm } from '../print-call.js';

/** commander's own reading of the flags in command.ts. */
export interface TypedSend {
  readonly channel: readonly string[];
  readonly event: readonly string[];
  readonly to?: string;
  readonly auth?: string;
  readonly header: readonly string[];
  readonly count?: string;
  readonly batch?: string;
  readonly rate?: string;
  readonly concurrency: string;
  readonly set: readonly string[];
  readonly add: readonly string[];
  readonly unset: readonly string[];
  readonly panel?: string;
  readonly tz?: string;
  readonly verbatim?: boolean;
  readonly seed?: string;
  readonly data?: string;
  readonly raw?: string;
  readonly like?: string;
  readonly timeout: string;
  readonly insecure?: boolean;
  readonly print?: PrintForm;
  readonly yes?: boolean;
}
