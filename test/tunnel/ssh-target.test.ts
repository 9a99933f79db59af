import { expect, test } from 'vitest';
import { readSshTarget } from '../../src/tunnel/ssh-target.js';

test.each([
  ['ssh:shop.example.com', [undefined, 'shop.example.com', undefined, undefined]],
  ['ssh:deploy@shop.example.com', ['deploy', 'shop.example.com', undefined, undefined]],
  ['ssh:deploy@shop.example.com:2222', ['deploy', 'shop.example.com', 2222, undefined]],
  ['ssh:deploy@shop.example.com/8080', ['deploy', 'shop.example.com', undefined, 8080]],
  ['ssh:deploy@shop.example.com:2222/8080', ['deploy', 'shop.example.com', 2222, 8080]],
  ['ssh:deploy@[2001:db8::1]:2222', ['deploy', '2001:db8::1', 2222, undefined]],
])('%s is a server', (typed, [user, host, port, remotePort]) => {
  expect(readSshTarget(typed)).toEqual({ user, host, port, remotePort });
});

test.each([
  '',
  'shop.example.com',
  'ssh:',
  'ssh:@shop.example.com',
  // What ssh would take for an option.
  'ssh:-oProxyCommand=touch@shop.example.com',
  'ssh:deploy@-oProxyCommand=touch',
  'ssh:-oProxyCommand=touch',
  'ssh:deploy@shop.example.com:0',
  'ssh:deploy@shop.example.com:65536',
  'ssh:deploy@shop.example.com/99999',
  'ssh:deploy@shop.example.com/hook',
  'ssh:deploy@[shop.example.com]',
  'ssh:deploy@2001:db8::1',
  'ssh://deploy@shop.example.com',
  'ssh:deploy@shop example.com',
  'ssh:deploy:secret@shop.example.com',
])('"%s" is none', (typed) => {
  expect(() => readSshTarget(typed)).toThrow(/^--tunnel cannot be/);
});
