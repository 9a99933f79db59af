import { targetUrl } from '../../cli/options/values.js';
import { nearest } from '../../problems/nearest.js';
import { problem } from '../../problems/problem.js';
import type { StoreFiles } from '../../store/folder.js';
import { knownTargets } from '../../store/known-targets.js';

/**
 * The URL of the handler that `typed` refers to: by its name, its URL, or its host and port if these belong to a single
 * handler. A queue on Redis keeps no names, so they are those of the store.
 */
export function findTarget(typed: string | undefined, files: StoreFiles): string | undefined {
  if (typed === undefined) return undefined;
  const known = knownTargets(files);
  const named = [...new Set(known.filter(({ name }) => name === typed).map(({ url }) => url))];
  const [only, another] = named;
  if (only !== undefined && another === undefined) return only;
  if (another !== undefined) {
    throw problem('usage', {
      message: `Several handlers have had the name ${typed}: ${named.join(', ')}.`,
      hint: 'Pass the URL.',
    });
  }
  const href = hrefOf(targetUrl('--target', typed).url);
  if (known.some(({ url }) => url === href)) return href;
  const ofHost = new Set(
    known.flatMap(({ url }) => (URL.canParse(url) && new URL(url).host === typed ? [url] : [])),
  );
  const [ofThisHost] = ofHost;
  if (ofHost.size === 1 && ofThisHost !== undefined) return ofThisHost;
  const names = known.flatMap(({ name }) => name ?? []);
  // A bare word could also be a host.
  if (names.length === 0 || !/^(?!localhost$|\d+$)[\w-]+$/.test(typed)) return href;
  throw problem('usage', {
    message: `No handler has the name ${typed}.`,
    hint: `Did you mean ${nearest(typed, names) ?? names.join(' or ')}?`,
  });
}

/** The queue's spelling of a URL. */
export function hrefOf(url: URL): string {
  const plain = new URL(url);
  plain.hash = '';
  return plain.href;
}
