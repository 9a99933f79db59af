import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The files of a folder that contain a text, in any case, as it is or in a form. */
export function filesWith(text: string, { folder }: { readonly folder: string }): string[] {
  const forms = [text, encodeURIComponent(text)].map((form) => form.toLowerCase());
  return readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => {
      const bytes = readFileSync(path, 'latin1').toLowerCase();
      return forms.some((form) => bytes.includes(form));
    });
}

export const asha = {
  channel: 'email',
  event: 'open',
  msgid: '546',
  event_params: { foreignkey: 'asha@example.com', email: 'asha@example.com', ts: 261123140005 },
  att_params: { EMAIL: 'Asha@Example.com', MOBILE: '910000000001', FIRSTNAME: 'Ashalata' },
};

/** Only the telephone number leads to the contact. */
export const ashaSms = {
  channel: 'sms',
  event: 'delivered',
  msgid: '547',
  event_params: { mobile: 910000000001, ts: 261123140105 },
};

export const ravi = {
  channel: 'email',
  event: 'click',
  msgid: '546',
  event_params: { email: 'ravi@example.com', url: 'https://shop.example.com/', ts: 261123140205 },
};

/** What no file may contain once the contact is erased. */
export const tracesOfAsha = ['asha@example.com', '910000000001', 'Ashalata'] as const;
