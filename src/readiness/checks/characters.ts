import { formEncoded } from '../../payload/form-codec.js';
import { type EventCall, eventCheck, formBody } from '../event-check.js';

const values: readonly (readonly [name: string, text: string])[] = [
  ['an emoji', 'Sale 🎉 starts now 👩‍👩‍👧'],
  ['letters of other scripts', 'नमस्ते, مرحبا, 你好, Žofie'],
  ['& and = and %', 'Thane&Kalyan=50%+tax #1'],
  ['double quotes', 'The "big" sale'],
  ['apostrophes', "Asha's cart isn't empty"],
  ['backslashes', 'C:\\shop\\new'],
  ['line breaks', 'first line\r\nsecond line\ttab'],
  ['markup', '<b onclick="x()">sale</b>'],
  ['a text of 10,000 characters', 'long '.repeat(2000)],
];

function withText(text: string): EventCall['body'] {
  return ({ panel, of }) => {
    const event = { ...of('email open'), journey_name: text, custom_params: { note: text } };
    return formBody({ [panel]: [event] });
  };
}

/** JSON may escape characters unnecessarily, as PHP does. */
const escaped: EventCall['body'] = ({ panel, of }) => {
  const event = { ...of('email click'), journey_name: 'https://shop.example.com/sale 🎉' };
  const json = JSON.stringify({ [panel]: [event] })
    .replaceAll('/', '\\/')
    .replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `data=${formEncoded(json)}`;
};

export const charactersCheck = eventCheck({
  id: 'characters',
  title: 'All characters in values',
  sends: 'events with emoji, other scripts, &, quotes, apostrophes, backslashes and long texts',
  expects: 'any_text',
  calls: [
    ...values.map(([name, text]) => ({ name, body: withText(text) })),
    { name: 'escaped slashes and characters', body: escaped },
  ],
});
