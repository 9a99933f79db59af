import { parentPort, workerData } from 'node:worker_threads';
import { asProblem } from '../../problems/translate.js';
import type { DecodedPaste } from '../api.js';
import { decodePaste } from './decode-paste.js';

/** The thread's answer to the paste in its `workerData`. */
export type DecodeAnswer =
  | { readonly kind: 'decoded'; readonly paste: DecodedPaste }
  | {
      readonly kind: 'problem';
      readonly code: string;
      readonly message: string;
      readonly hint: string;
      readonly exit: number;
    };

if (parentPort) parentPort.postMessage(answerTo(String(workerData)));

function answerTo(text: string): DecodeAnswer {
  try {
    return { kind: 'decoded', paste: decodePaste(text) };
  } catch (error) {
    // Fields of Error subclasses are lost between threads.
    const { code, message, hint, exit } = asProblem(error);
    return { kind: 'problem', code, message, hint, exit };
  }
}
