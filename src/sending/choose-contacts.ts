import type { CommandContext } from '../cli/command.js';
import { wholeNumber } from '../cli/options/values.js';
import { inventContact } from '../payload/build/contacts.js';
import type { Contacts } from '../payload/build/plan-payloads.js';

/** The contacts of `--contacts`: as many invented ones, up to `max`, or those of a CSV file. */
export async function chooseContacts(
  typed: string,
  max: number,
  context: CommandContext,
): Promise<Contacts & { readonly file?: string }> {
  if (/^\d+$/.test(typed)) {
    const count = wholeNumber('--contacts', typed, { min: 1, max });
    return { count, at: inventContact };
  }
  // Only files need the CSV parser.
  const { readContacts } = await import('./read-contacts.js');
  const list = await readContacts(typed, context);
  return { count: list.length, at: (index) => list[index] ?? inventContact(index), file: typed };
}
