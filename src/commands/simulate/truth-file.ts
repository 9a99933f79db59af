import { resolve } from 'node:path';
import type { EventBuilder } from '../../journeys/build-events.js';
import type { Journey } from '../../journeys/journey.js';
import type { Sending } from '../../journeys/sending-heap.js';
import { jsonLine } from '../../output/json-line.js';
import type { SimulationNotice, TruthNotice } from '../../output/notice.js';
import { eventIdentity, identityKey } from '../../payload/event-key.js';
import { problem } from '../../problems/problem.js';
import { plainReason } from '../../problems/translate.js';
import { createFile, removeFile } from '../../replace-file.js';

/** What became of a call. */
interface CallOutcome {
  readonly call: number;
  readonly time: number;
  readonly status: number | null;
  readonly reason: string | null;
}

/** The record of a run, written while it goes on. */
export interface TruthFile {
  readonly add: (
    events: readonly { readonly sending: Sending; readonly repeat: boolean }[],
    outcome: CallOutcome,
  ) => void;
  readonly close: () => void;
}

/** Creates the file with its first line. Throws when it exists: it may be the only record of a run. */
export async function openTruth(
  name: string,
  cwd: string,
  run: {
    readonly first: SimulationNotice;
    readonly journey: Journey;
    readonly events: EventBuilder;
  },
): Promise<TruthFile> {
  const path = resolve(cwd, name);
  const { first, journey, events: builder } = run;
  const failed = (error: unknown) =>
    problem('file_not_written', { path, reason: plainReason(error) }, error);
  const file = await createFile(path).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
      throw problem('usage', {
        message: `${path} already exists, and a truth file is never overwritten.`,
        hint: 'Remove it, or choose another name.',
      });
    }
    throw failed(error);
  });
  const append = (text: string) => {
    try {
      file.append(text);
    } catch (error) {
      throw failed(error);
    }
  };
  try {
    append(jsonLine(first));
  } catch (error) {
    file.close();
    await removeFile(path);
    throw error;
  }
  return {
    close: () => file.close(),
    add(events, { call, time, status, reason }) {
      const lines = events.map(({ sending, repeat }) => {
        const identity = eventIdentity(first.panel, builder.build(sending));
        const node = journey.nodes[sending.webhook];
        const notice: TruthNotice = {
          type: 'truth',
          key: identityKey(identity),
          call,
          time: new Date(time).toISOString(),
          panel: identity.panel,
          msgid: identity.msgid,
          contact: identity.contact,
          channel: identity.channel,
          activity: identity.activity,
          ts: identity.time,
          detail: identity.detail,
          webhook: node?.type === 'webhook' ? node.label : '',
          journey: journey.name,
          node: node?.id ?? '',
          repeat,
          late: sending.late,
          status,
          reason,
        };
        return jsonLine(notice);
      });
      append(lines.join(''));
    },
  };
}
