import { eventCheck, formBody } from '../event-check.js';

export const unknownCheck = eventCheck({
  id: 'unknown',
  title: 'Unknown panels, channels, activities and keys',
  sends: 'events with an unknown panel, channel, activity and keys',
  expects: 'unknown',
  calls: [
    {
      name: 'an unknown panel',
      body: ({ of }) => formBody({ 'Netcore Hook — another panel': [of('email open')] }),
    },
    {
      name: 'an unknown channel',
      body: ({ panel, of }) => formBody({ [panel]: [{ ...of('email open'), channel: 'pigeon' }] }),
    },
    {
      name: 'an unknown activity',
      body: ({ panel, of }) =>
        formBody({ [panel]: [{ ...of('email open'), event: 'unsubscribed' }] }),
    },
    {
      name: 'unknown keys',
      body: ({ panel, of }) =>
        formBody({
          [panel]: [
            { ...of('sms delivered'), new_key: true, new_params: { nested: [{ deep: 1 }] } },
          ],
        }),
    },
  ],
});
