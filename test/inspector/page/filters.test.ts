import { describe, expect, test } from 'vitest';
import {
  activityFilters,
  changeFilters,
  eventFilterOf,
  hasFilters,
  readAddress,
  sameFilters,
  writeAddress,
} from '../../../src/inspector/page/filters.js';

describe('the address of the page', () => {
  test.each([
    ['', {}, null, null],
    ['?channel=email&event=open', { channel: 'email', event: 'open' }, null, null],
    ['?text=cart+abandoned&since=15m', { text: 'cart abandoned', since: '15m' }, null, null],
    ['?who=asha%40example.com&call=06f3k2', { who: 'asha@example.com' }, '06f3k2', null],
    ['?call=06f3k2', {}, '06f3k2', null],
    ['?call=06f3k2.14', {}, '06f3k2', 14],
    ['?call=last%7E2', {}, 'last~2', null],
  ])('%j says what is listed and opened, and is written so', (search, filters, call, event) => {
    expect(readAddress(search)).toEqual({ filters, call, event });
    expect(writeAddress({ filters, call, event })).toBe(search);
  });

  test('leaves alone what it does not know, and what is empty', () => {
    expect(readAddress('?utm_source=mail&channel=&panel=shop')).toEqual({
      filters: { panel: 'shop' },
      call: null,
      event: null,
    });
  });

  test('keeps values that look like another query', () => {
    const filters = { text: 'a&channel=sms#?+%', who: '<b>' };
    expect(readAddress(writeAddress({ filters, call: null, event: null })).filters).toEqual(
      filters,
    );
  });
});

describe('filters', () => {
  test('are taken away by empty text', () => {
    expect(changeFilters({ channel: 'sms', text: 'cart' }, { text: '' })).toEqual({
      channel: 'sms',
    });
  });

  test('are the same when they ask for the same', () => {
    expect(sameFilters({ text: '' }, {})).toBe(true);
    expect(sameFilters({ channel: 'sms' }, { channel: 'rcs' })).toBe(false);
    expect(hasFilters({ msgid: '546' })).toBe(true);
    expect(hasFilters({})).toBe(false);
  });

  test('ask for custom activities with an activity that no other channel has', () => {
    expect(activityFilters('open', ['open', 'click'])).toEqual({ event: 'open' });
    expect(activityFilters('add to cart', ['open', 'click'])).toEqual({
      event: 'add to cart',
      channel: 'custom_activity',
    });
  });

  test('name the events that are meant, several by commas, contacts in any case', () => {
    expect(
      eventFilterOf({ channel: 'Email, sms', event: 'open', who: 'Asha@Example.com' }),
    ).toEqual({
      channels: ['email', 'sms'],
      activities: ['open'],
      panels: [],
      msgids: [],
      keys: [],
      webhooks: [],
      journeys: [],
      people: ['asha@example.com'],
    });
  });
});
