/** Commands and options of other tools, and what this one has instead. */

const handler = 'http://localhost:3000/webhooks/netcore';

const commandHints: Readonly<Record<string, string>> = {
  version: 'To print the version: netcore-hook --version',
  ...sharing(['trigger', 'fire', 'emit'], 'To send a sample call: netcore-hook send -c email'),
  ...sharing(
    ['tail', 'log', 'logs', 'watch'],
    'To receive and show calls: netcore-hook listen. To show recorded ones: netcore-hook history',
  ),
  ...sharing(
    ['verify', 'check', 'test'],
    `To check an endpoint: netcore-hook test-endpoint ${handler}`,
  ),
  ping: `To send one call: netcore-hook send -c email --to ${handler}. To check an endpoint: netcore-hook test-endpoint ${handler}`,
  ...sharing(['serve', 'server', 'start'], 'To receive calls: netcore-hook listen'),
  ...sharing(['forward', 'proxy'], `To forward calls: netcore-hook listen --forward-to ${handler}`),
  ...sharing(['resend', 'retry'], 'To send a recorded call again: netcore-hook replay last'),
};

/** Other names, and the options that may stand for them, in order of preference. */
const optionNames: readonly (readonly [names: readonly string[], own: readonly string[]])[] = [
  [['--user', '--username', '--basic'], ['--auth']],
  [['--format', '--output'], ['--json']],
  [['--skip-verify', '--no-verify', '--skip-ssl-verify'], ['--insecure']],
  [
    ['--target', '--url', '--endpoint', '--forward', '--destination'],
    ['--forward-to', '--to', '--target'],
  ],
  [['--port'], ['--inspect-port']],
];

export function commandHint(typed: string): string | undefined {
  return Object.hasOwn(commandHints, typed) ? commandHints[typed] : undefined;
}

/** `flags`: the options of the command. */
export function optionHint(typed: string, flags: readonly string[]): string | undefined {
  const own = optionNames.find(([names]) => names.includes(typed))?.[1];
  const flag = own?.find((each) => each === '--json' || flags.includes(each));
  return flag === undefined ? undefined : `Use ${flag}${examples[flag] ?? ''}.`;
}

const examples: Readonly<Record<string, string>> = {
  '--auth': ' user:password',
  '--to': ` ${handler}`,
  '--forward-to': ` ${handler}`,
  '--target': ` ${handler}`,
  '--inspect-port': ' 4401',
};

/** For `listen 3000` and `listen :3000/hook`, which could mean either end. */
export function listenHint(word: string): string | undefined {
  const [, port] = /^(?:https?:\/\/)?(?:[\w.-]*:)?(\d{1,5})(?:\/\S*)?$/i.exec(word) ?? [];
  if (port === undefined) return undefined;
  const forward = /^\d+$/.test(word) ? `:${word}` : word;
  return `To receive calls on this port: netcore-hook listen --port ${port}. To forward calls to it: netcore-hook listen --forward-to ${forward}`;
}

function sharing(words: readonly string[], hint: string): Record<string, string> {
  return Object.fromEntries(words.map((word) => [word, hint]));
}
