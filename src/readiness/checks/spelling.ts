import { eventCheck, formBody, indentedBody } from '../event-check.js';

export const spellingCheck = eventCheck({
  id: 'spelling',
  title: 'Compact and indented JSON, %20 and +',
  sends: 'the same event in each way of writing it',
  expects: 'form_decoding',
  calls: [
    { name: 'compact JSON', body: ({ panel, of }) => formBody({ [panel]: [of('email open')] }) },
    {
      name: 'indented JSON',
      body: ({ panel, of }) => indentedBody({ [panel]: [of('whatsapp click')] }),
    },
    {
      name: '+ for blanks',
      body: ({ panel, of }) => indentedBody({ [panel]: [of('email open')] }).replaceAll('%20', '+'),
    },
    {
      name: 'brackets and quotes that are not escaped',
      body: ({ panel, of }) =>
        formBody({ [panel]: [of('bpn click')] })
          .replaceAll('%28', '(')
          .replaceAll('%29', ')')
          .replaceAll('%2A', '*'),
    },
    {
      name: 'lower-case escapes',
      body: ({ panel, of }) =>
        formBody({ [panel]: [of('rcs click')] }).replace(/%[0-9A-F]{2}/g, (hex) =>
          hex.toLowerCase(),
        ),
    },
    {
      name: 'another field before data',
      body: ({ panel, of }) => `source=netcore&${formBody({ [panel]: [of('sms click')] })}`,
    },
  ],
});
