import { describe, expect, test } from 'vitest';
import { commaList, panelName, profileName, targetUrl } from '../../src/cli/options/values.js';

describe('a URL that cannot be called', () => {
  test.each([
    ['https://netcore:s3/cret@shop.example.com', 'https://…@shop.example.com'],
    ['https://netcore:s3?cr#et@shop.example.com:port', 'https://…@shop.example.com:port'],
    ['netcore:s3cret@127.0.0.1:99999', '…@127.0.0.1:99999'],
    ['netcore:s3cret@:99999', '…@:99999'],
    ['netcore:s3@cret@:99999', '…@:99999'],
    ['ftp://netcore:s3cret@shop.example.com', 'ftp://…@shop.example.com'],
    ['http://netcore:s3cret@shop.example.com:0', 'http://…@shop.example.com:0'],
    ['https://netcore:s3\ncr/et@shop.example.com', 'https://…@shop.example.com'],
  ])('%j is named without its password', (typed, named) => {
    expect(() => targetUrl('--to', typed)).toThrow(`--to cannot be "${named}"`);
  });
});

test.each([[''], [','], [' , '], ['email', '']])('%j, … is no list of names', (...values) => {
  expect(() => commaList(values, '--channel')).toThrow('--channel cannot be');
});

test('a list may have blanks and a comma too many', () => {
  expect(commaList(['email, sms,', 'rcs'], '--channel')).toEqual(['email', 'sms', 'rcs']);
});

test.each(['a,b', '__proto__', 'constructor'])('%s is no panel', (panel) => {
  expect(() => panelName('NETCORE_HOOK_PANEL', panel)).toThrow(`NETCORE_HOOK_PANEL cannot be`);
});

test('a profile takes an underscore, and no slash', () => {
  expect(profileName('--profile', 'staging_2')).toBe('staging_2');
  expect(() => profileName('--profile', '../shop')).toThrow('dashes and underscores');
});
