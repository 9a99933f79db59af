import { ContactIds, type PanelId, panelKey } from '../payload/contact-ids.js';
import { contactsOf, type ErasableCall, mayConcern } from './erase-call.js';

/** Identifiers of contacts, with those that stand beside them in events. */
export interface LinkedIds {
  readonly contacts: ContactIds;
  /**
   * The given identifiers; these and those beside them; and so on. Whoever erases events in the opposite
   * order can be interrupted, and finds the rest again by the given identifiers.
   */
  readonly steps: readonly ContactIds[];
  /** The identifiers that were added, in the order of their discovery. */
  readonly linked: readonly string[];
  /** How many were not added, because they also belong to other contacts. */
  readonly shared: number;
}

/** Ends a chain of test accounts that share one value after another. */
const maxRounds = 10;

/** An identifier, and the unconfirmed one that led to it. */
interface FoundId {
  readonly id: PanelId;
  readonly through: string | undefined;
}

/**
 * Adds the other identifiers of the given contacts, such as the telephone number that stands beside an
 * e-mail address, and those that stand beside them. Leaves out an identifier that other events name beside
 * another contact, such as a family's telephone number. `calls` begins a pass over all calls; there are
 * as many as there are steps from one identifier to the next, and one more.
 */
export async function linkIds(
  given: readonly string[],
  calls: () => AsyncIterable<ErasableCall>,
): Promise<LinkedIds> {
  const contacts = new ContactIds(given);
  const steps = [new ContactIds(given)];
  const linked: PanelId[] = [];
  const shared = new Set<string>();
  let pending = new Map<string, PanelId>();
  for (let round = 0; round < maxRounds; round += 1) {
    const found = new Map<string, FoundId>();
    const wanted = idsOf(given, [...linked, ...pending.values()]);
    for await (const call of calls()) {
      if (!mayConcern(call, wanted)) continue;
      for (const { ids, who } of contactsOf(call)) {
        const isOwn = ids.some((id) => contacts.has(id));
        const held = ids.map(panelKey).filter((key) => pending.has(key));
        const key = who && panelKey(who);
        if (isOwn || (key !== undefined && pending.has(key))) {
          for (const id of ids) {
            if (isOwn || !found.has(panelKey(id)))
              found.set(panelKey(id), { id, through: isOwn ? undefined : key });
          }
          // An event of another contact, with an identifier that was taken for this one's.
        } else for (const each of held) shared.add(each);
      }
    }
    const confirmed = [...pending].flatMap(([key, id]) => (shared.has(key) ? [] : [id]));
    for (const id of confirmed) {
      contacts.addLinked(id);
      linked.push(id);
    }
    if (confirmed.length > 0) steps.push(idsOf(given, linked));
    pending = new Map();
    for (const [key, { id, through }] of found) {
      const isSure = through === undefined || !shared.has(through);
      if (isSure && !contacts.has(id) && !shared.has(key)) pending.set(key, id);
    }
    if (pending.size === 0) break;
  }
  return { contacts, steps, linked: linked.map(({ id }) => id), shared: shared.size };
}

function idsOf(given: readonly string[], linked: readonly PanelId[]): ContactIds {
  const ids = new ContactIds(given);
  for (const id of linked) ids.addLinked(id);
  return ids;
}
