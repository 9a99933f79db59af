import {
  type ApiProblem,
  type CaptureDetail,
  type CapturePage,
  type DecodedPaste,
  type DecodeRequest,
  type ListedSample,
  type LiveEvents,
  type PrintedCapture,
  type ReplayRequest,
  type SendRequest,
  type SentCall,
  type Stats,
  tokenHeader,
  tokenMeta,
} from '../api.js';

/** An error response of the server. */
export class ApiFailure extends Error {
  readonly code: string;
  readonly hint: string;
  /** The HTTP status. */
  readonly status: number;

  constructor({ code, message, hint }: ApiProblem['problem'], status: number) {
    super(message);
    this.name = 'ApiFailure';
    this.code = code;
    this.hint = hint;
    this.status = status;
  }
}

const token = document.querySelector<HTMLMetaElement>(`meta[name="${tokenMeta}"]`)?.content ?? '';

export function listCaptures(query: URLSearchParams, signal?: AbortSignal): Promise<CapturePage> {
  return get(`/api/captures?${query}`, signal);
}

export function readCapture(id: string, signal?: AbortSignal): Promise<CaptureDetail> {
  return get(`/api/captures/${encodeURIComponent(id)}`, signal);
}

/** The download URL of a body. */
export function bodyAddress(id: string): string {
  return `/api/captures/${encodeURIComponent(id)}/body`;
}

export function printCapture(
  id: string,
  as: 'curl' | 'form' | 'json',
  event: number | null,
): Promise<PrintedCapture> {
  const query = new URLSearchParams({ as, ...(event !== null && { event: String(event) }) });
  return get(`/api/captures/${encodeURIComponent(id)}/print?${query}`);
}

export function readStats(query: URLSearchParams, signal?: AbortSignal): Promise<Stats> {
  return get(`/api/stats?${query}`, signal);
}

export function listSamples(): Promise<readonly ListedSample[]> {
  return get('/api/samples');
}

export function replayCapture(id: string, request: ReplayRequest): Promise<SentCall> {
  return post(`/api/captures/${encodeURIComponent(id)}/replay`, request);
}

export function sendSample(request: SendRequest): Promise<SentCall> {
  return post('/api/send', request);
}

export function decodePaste(request: DecodeRequest): Promise<DecodedPaste> {
  return post('/api/decode', request);
}

type LiveHandlers = { readonly [Name in keyof LiveEvents]: (data: LiveEvents[Name]) => void };

/**
 * Delivers live events until the signal aborts; resolves when the server disconnects. Uses fetch
 * because EventSource cannot send headers.
 */
export async function followLive(
  query: URLSearchParams,
  handlers: LiveHandlers,
  signal: AbortSignal,
): Promise<void> {
  const answer = await fetch(`/api/live?${query}`, { headers: { [tokenHeader]: token }, signal });
  if (!answer.ok || !answer.body) throw await failureOf(answer);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += value;
    const messages = text.split('\n\n');
    text = messages.pop() ?? '';
    for (const message of messages) if (!signal.aborted) deliver(message, handlers);
  }
}

function deliver(message: string, handlers: LiveHandlers): void {
  const field = (name: string) =>
    message
      .split('\n')
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2);
  const name = field('event');
  const data = field('data');
  if (data === undefined) return;
  if (name === 'start') handlers.start(JSON.parse(data));
  else if (name === 'captures') handlers.captures(JSON.parse(data));
  else if (name === 'outcomes') handlers.outcomes(JSON.parse(data));
  else if (name === 'stats') handlers.stats(JSON.parse(data));
}

async function get<T>(address: string, signal?: AbortSignal): Promise<T> {
  return read(await fetch(address, signal ? { signal } : {}));
}

async function post<T>(address: string, body: object): Promise<T> {
  return read(
    await fetch(address, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', [tokenHeader]: token },
      body: JSON.stringify(body),
    }),
  );
}

async function read<T>(answer: Response): Promise<T> {
  if (!answer.ok) throw await failureOf(answer);
  return answer.json();
}

async function failureOf(answer: Response): Promise<Error> {
  const problem: ApiProblem | undefined = await answer.json().catch(() => undefined);
  return problem
    ? new ApiFailure(problem.problem, answer.status)
    : new Error(`The inspector answered ${answer.status}.`);
}
