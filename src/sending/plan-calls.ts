import type { HeaderPairs, OutgoingCall } from '../call/call.js';
import type { Credentials } from '../call/plan-call.js';
import { planCall } from '../call/plan-call.js';
import type { SentNotice } from '../output/notice.js';
import type { Edit } from '../payload/build/edit.js';
import type { Freshness, PayloadSource } from '../payload/build/plan-payloads.js';
import { planPayloads } from '../payload/build/plan-payloads.js';
import { formBytes } from '../payload/form-codec.js';
import { readVersion } from '../version.js';

interface CallsToPlan {
  readonly content: Content;
  readonly url: URL;
  readonly credentials: Credentials | undefined;
  readonly headers: HeaderPairs;
  /** Total number; undefined: each source once. */
  readonly count: number | undefined;
}

export type Content =
  | {
      readonly kind: 'payloads';
      readonly sources: readonly PayloadSource[];
      readonly edits: readonly Edit[];
      readonly batch: number | undefined;
      readonly panel: string | undefined;
      readonly fresh: Freshness | undefined;
    }
  | { readonly kind: 'raw'; readonly body: Uint8Array };

/** The calls of a run, each built when it is sent. */
export interface CallPlan {
  readonly count: number;
  /** Counted from 0. */
  readonly make: (index: number) => PlannedCall;
}

interface PlannedCall {
  readonly call: OutgoingCall;
  readonly sent: SentNotice;
  /** The payload in the body; empty for a raw body. */
  readonly json: string;
}

export function planCalls({ content, url, credentials, headers, count }: CallsToPlan): CallPlan {
  const userAgent = `netcore-hook/${readVersion()}`;
  const template = planCall({ url, body: new Uint8Array(), credentials, headers, userAgent });
  if (content.kind === 'raw') {
    const call = { ...template, body: content.body };
    const what = content.body.length === 0 ? 'empty body' : 'raw body';
    const planned = { call, sent: { what, events: 0, msgid: null }, json: '' };
    return { count: count ?? 1, make: () => planned };
  }
  const payloads = planPayloads(content.sources, content);
  const make = (index: number): PlannedCall => {
    const { name, events, msgid, json } = payloads.build(index);
    const call = { ...template, body: formBytes(json) };
    return { call, sent: { what: name, events, msgid }, json };
  };
  const { period } = payloads;
  const made: PlannedCall[] = [];
  return {
    count: count ?? payloads.calls,
    make: period === undefined ? make : (index) => (made[index % period] ??= make(index % period)),
  };
}
