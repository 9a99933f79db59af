import { problem } from '../problems/problem.js';
import { downloadReply, jsonReply, type Reply } from './answers.js';
import {
  readDecodeRequest,
  readFilter,
  readNumber,
  readReplayRequest,
  readSendRequest,
  wrong,
} from './read-request.js';
import { type InspectorSource, type PrintedForm, printedForms } from './source.js';

/** An API request that passed the guard. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST';
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: () => Promise<unknown>;
}

interface Route {
  readonly method: ApiRequest['method'];
  readonly path: RegExp;
  readonly reply: (
    source: InspectorSource,
    request: ApiRequest,
    /** The id in the path, if any. */
    id: string,
  ) => Reply | Promise<Reply>;
}

/** The syntax of ids in a path: nothing else reaches the store. */
const id = '(last(?:~\\d{1,9})?|[0-9A-Za-z]{1,16})';

const routes: readonly Route[] = [
  {
    method: 'GET',
    path: /^\/api\/captures$/,
    reply: (source, { query }) => {
      const limit = readNumber(query, 'limit', { defaultValue: 100, max: 500 });
      const cursor = query.get('cursor') || undefined;
      return jsonReply(source.list(readFilter(query), { limit, cursor }));
    },
  },
  {
    method: 'GET',
    path: new RegExp(`^/api/captures/${id}$`),
    reply: (source, _, which) => jsonReply(source.detail(which)),
  },
  {
    method: 'GET',
    path: new RegExp(`^/api/captures/${id}/body$`),
    reply: (source, _, which) => {
      const body = source.body(which);
      return downloadReply(`${body.id}.bin`, body.bytes);
    },
  },
  {
    method: 'GET',
    path: new RegExp(`^/api/captures/${id}/print$`),
    reply: (source, { query }, which) => {
      const event = query.has('event')
        ? readNumber(query, 'event', { defaultValue: 1, max: 999_999_999 })
        : undefined;
      return jsonReply(source.print(which, readForm(query), event));
    },
  },
  {
    method: 'GET',
    path: /^\/api\/stats$/,
    reply: async (source, { query }) => {
      const minutes = readNumber(query, 'minutes', { defaultValue: 60, max: 24 * 60 });
      return jsonReply(await source.stats(readFilter(query), minutes));
    },
  },
  {
    method: 'GET',
    path: /^\/api\/samples$/,
    reply: (source) => jsonReply(source.samples()),
  },
  {
    method: 'POST',
    path: new RegExp(`^/api/captures/${id}/replay$`),
    reply: async (source, { body }, which) =>
      jsonReply(await source.replay(which, readReplayRequest(await body()))),
  },
  {
    method: 'POST',
    path: /^\/api\/send$/,
    reply: async (source, { body }) => jsonReply(await source.send(readSendRequest(await body()))),
  },
  {
    method: 'POST',
    path: /^\/api\/decode$/,
    reply: async (source, { body }) =>
      jsonReply(await source.decode(readDecodeRequest(await body()).text)),
  },
];

/** Answers an API request. Throws a problem on failure. */
export async function replyTo(request: ApiRequest, source: InspectorSource): Promise<Reply> {
  const path = decoded(request.path);
  const there = routes.filter((route) => route.path.test(path));
  const route = there.find(({ method }) => method === request.method);
  if (route) return route.reply(source, request, route.path.exec(path)?.[1] ?? '');
  if (there.length > 0) throw problem('inspector_method', { method: request.method });
  throw problem('inspector_nothing_there', {});
}

function readForm(query: URLSearchParams): PrintedForm {
  const form = printedForms.find((each) => each === query.get('as'));
  if (form) return form;
  throw wrong('as', printedForms.join(' or '));
}

/** A path with broken escapes matches no route. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return '';
  }
}
