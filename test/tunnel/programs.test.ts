import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cloudflared } from '../../src/tunnel/cloudflared.js';
import { complaintOf } from '../../src/tunnel/complaint.js';
import { resolveSshHost, ssh } from '../../src/tunnel/ssh.js';
import { readSshTarget } from '../../src/tunnel/ssh-target.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const end = { secure: false, address: '127.0.0.1', port: 4400 };

// As cloudflared 2023.4 and 2026.9 write them.
const birth = [
  '2026-11-24T09:06:46Z INF Thank you for trying Cloudflare Tunnel. Doing so, without a Cloudflare account, is a quick way to experiment and try it out. However, be aware that these account-less Tunnels have no uptime guarantee, are subject to the Cloudflare Online Services Terms of Use (https://www.cloudflare.com/website-terms/), and Cloudflare reserves the right to investigate your use of Tunnels for violations of such terms. If you intend to use Tunnels in production you should use a pre-created named tunnel by following: https://developers.cloudflare.com/cloudflare-one/connections/connect-apps',
  '2026-11-24T09:06:46Z INF Requesting new quick Tunnel on trycloudflare.com...',
  '2026-11-24T09:06:49Z INF +--------------------------------------------------------------------------------------------+',
  '2026-11-24T09:06:49Z INF |  Your quick Tunnel has been created! Visit it at (it may take some time to be reachable):  |',
  '2026-11-24T09:06:49Z INF |  https://buffalo-marco-cardiff-motel.trycloudflare.com                                     |',
  '2026-11-24T09:06:49Z INF +--------------------------------------------------------------------------------------------+',
  '2026-11-24T09:06:49Z INF Settings: map[ha-connections:1 loglevel:info no-autoupdate:true protocol:quic url:http://127.0.0.1:4400]',
  '2026-11-24T09:06:50Z INF Registered tunnel connection connIndex=0 connection=52b585bc-858c-432a-b724-90993c84cc10 event=0 ip=198.51.100.4 location=bom01 protocol=quic',
];

describe('cloudflared', () => {
  const plan = cloudflared('/usr/bin/cloudflared', end).plan(0);

  test('tells its address once, and when the way is open', () => {
    expect(birth.flatMap((line) => plan.read(line) ?? [])).toEqual([
      {
        kind: 'origin',
        origin: new URL('https://buffalo-marco-cardiff-motel.trycloudflare.com'),
      },
      { kind: 'connected' },
    ]);
  });

  test('tells it as JSON, too, when its environment asks for that', () => {
    const line =
      '{"level":"info","time":"2026-11-24T09:06:49Z","message":"|  https://buffalo-marco.trycloudflare.com         |"}';
    expect(plan.read(line)).toMatchObject({
      origin: new URL('https://buffalo-marco.trycloudflare.com'),
    });
  });

  test.each([
    ['every interface', '0.0.0.0', 'http://127.0.0.1:4400'],
    ['every interface of IPv6', '::', 'http://[::1]:4400'],
    ['an address of the network', '192.0.2.7', 'http://192.0.2.7:4400'],
  ])('is led to a listener on %s', (_, address, url) => {
    const { args } = cloudflared('cloudflared', { ...end, address }).plan(0);
    expect(args.slice(-2)).toEqual(['--url', url]);
  });
});

describe('ssh', () => {
  const target = { user: 'deploy', host: 'hooks', port: undefined, remotePort: undefined };
  const allocated = 'Allocated port 43210 for remote forward to 127.0.0.1:4400';

  test('is given the server as what can be no option', () => {
    const { args } = ssh('ssh', { ...target, port: 2222 }, 'hooks.example.com', end).plan(0);
    expect(args.slice(-4)).toEqual(['-R', '*:0:127.0.0.1:4400', '--', 'deploy@hooks']);
    expect(args.join(' ')).toContain('-o BatchMode=yes');
    expect(args.join(' ')).toContain('-p 2222');
  });

  test('tells the port that the server chose, and asks for it again for some time', () => {
    const program = ssh('ssh', target, '2001:db8::7', end);
    const first = program.plan(0);
    expect(first.origin).toBeUndefined();
    expect(first.read(allocated)).toEqual({
      kind: 'origin',
      origin: new URL('http://[2001:db8::7]:43210'),
    });
    const again = program.plan(1);
    expect(again.origin).toEqual(new URL('http://[2001:db8::7]:43210'));
    expect(again.args).toContain('*:43210:127.0.0.1:4400');
    expect(program.plan(5).args).toContain('*:0:127.0.0.1:4400');
  });

  test('knows its address when the port is given', () => {
    const program = ssh('ssh', { ...target, remotePort: 8443 }, 'hooks.example.com', {
      ...end,
      secure: true,
    });
    expect(program.plan(9).origin).toEqual(new URL('https://hooks.example.com:8443'));
  });
});

describe('what a program complains', () => {
  test.each([
    [
      'of the last error that it names one',
      [
        '2026-11-24T09:25:34Z ERR Configuration file /dev/null was empty',
        '2026-11-24T09:25:34Z ERR Error unmarshaling QuickTunnel response: error code: 1015 status_code="429 Too Many Requests"',
        'failed to unmarshal quick Tunnel: invalid character',
      ],
      'Error unmarshaling QuickTunnel response: error code: 1015 status_code="429 Too Many Requests"',
    ],
    [
      'the last line, when none names itself an error',
      [
        '2022-01-29T09:49:15Z INF Requesting new quick Tunnel on trycloudflare.com...',
        'failed to request quick Tunnel: dial tcp: lookup api.trycloudflare.com: no such host',
        '',
      ],
      'failed to request quick Tunnel: dial tcp: lookup api.trycloudflare.com: no such host',
    ],
    [
      'without a full stop',
      ['deploy@hooks: Permission denied (publickey).\r'],
      'deploy@hooks: Permission denied (publickey)',
    ],
    ['nothing, when it said nothing', [' '], undefined],
  ])('is %s', (_, lines, complaint) => {
    expect(complaintOf(lines)).toBe(complaint);
  });
});

test('a configuration of ssh that is not read in time, whatever it waits for, holds nothing up', async () => {
  const file = join(temporaryFolder(), 'ssh');
  writeFileSync(file, "#!/bin/sh\ntrap '' TERM INT\nwhile :; do read -r _; done\n");
  chmodSync(file, 0o755);
  const target = readSshTarget('ssh:netcore@shop.example.com');
  expect(await resolveSshHost(file, target, {}, 200)).toBe('shop.example.com');
});
