import { Worker } from 'node:worker_threads';
import { packageRoot } from '../../package-root.js';
import { Problem, problem } from '../../problems/problem.js';
import { errorCode } from '../../problems/translate.js';
import type { DecodedPaste } from '../api.js';
import type { DecodeAnswer } from './decode-thread.js';

/** Decodes pastes in a thread, so that the inspector stays responsive. */
export interface PasteDecoder {
  /** Decodes one paste at a time. Rejects with a problem when it holds no payload. */
  decode(text: string): Promise<DecodedPaste>;
  /** Ends a running thread and rejects unfinished pastes. */
  close(): Promise<void>;
}

/** In MB. */
const maxMemory = 384;

export function createPasteDecoder(): PasteDecoder {
  let last: Promise<unknown> = Promise.resolve();
  let worker: Worker | undefined;
  let isClosed = false;
  const decodeNow = (text: string) => {
    if (isClosed) throw closed();
    const thread = new Worker(new URL('dist/decode-thread.cjs', packageRoot), {
      workerData: text,
      name: 'decode',
      resourceLimits: { maxOldGenerationSizeMb: maxMemory },
    });
    worker = thread;
    return new Promise<DecodedPaste>((resolve, reject) => {
      thread.once('message', (answer: DecodeAnswer) => {
        if (answer.kind === 'decoded') return resolve(answer.paste);
        const { code, message, hint, exit } = answer;
        reject(new Problem(code, message, hint, exit));
      });
      thread.once('error', (error) => {
        const isTooLarge = errorCode(error) === 'ERR_WORKER_OUT_OF_MEMORY';
        reject(isTooLarge ? problem('paste_too_complex', {}, error) : error);
      });
      thread.once('exit', () => reject(closed()));
    });
  };
  return {
    decode(text) {
      const decoding = last.then(() => decodeNow(text));
      last = decoding.catch(() => undefined);
      return decoding;
    },
    async close() {
      isClosed = true;
      await worker?.terminate();
    },
  };
}

function closed(): Error {
  return new Error('The inspector was closed.');
}
