import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { StarterId } from '../../src/cli/options/starting.js';
import { eventKey } from '../../src/payload/event-key.js';
import { listSamples } from '../../src/sample-files.js';
import { needPrograms } from '../helpers/programs.js';
import { writeStarter } from '../helpers/starters.js';

const panel = 'netcore_hook_test';

/** The events of docs/payload.md, with their keys. */
const documented = [
  ...readFileSync('docs/payload.md', 'utf8').matchAll(/^\| `(\{.*\})` \| .* \| `(\w{32})` \|$/gm),
].map(([, json = '', key = '']) => ({ json, key }));

/** Values that languages write in their own ways. */
const awkward = [
  { payload_params: [1e21, 1e20, 1.5e-7, 0.000001, -0, 100, 1.5, 5e-324, 123456789012345680000] },
  { payload_params: { é: 1, '😀': 2, '\ue000': 3, '10': 4, '9': 5, '': 6 } },
  { payload_params: '"\\/\b\f\n\r\t\u0001\u007f\u2028<&>é😀' },
  { payload_params: { empty: {}, list: [], nested: [[{}]] } },
  { event_params: { foreignkey: '+00 (000) 0.0-1', asset_name: true } },
  { event_params: { foreignkey: '\u00a0 Asha@Example.com\u3000', ts: 1.5 } },
  { event_params: { timestamp: '2026-11-01 12:00:00Z', asset_name: 'a\nb' } },
  { event_params: [], msgid: 1e21, event: ' Clicked ' },
].map((part) => JSON.stringify({ channel: 'Custom_Activity ', msgid: 546, event: 'x', ...part }));

const events = [
  ...documented.map(({ json }) => json),
  ...awkward,
  ...listSamples().flatMap(({ payload }) =>
    Object.values(payload).flatMap((list) => list.map((event) => JSON.stringify(event))),
  ),
];

/** The keys of the events of a file, one a line, as the receiver's own code computes them. */
const computed: Readonly<Partial<Record<StarterId, (folder: string, file: string) => string>>> = {
  flask: (folder, file) => {
    const [python] = needPrograms('python3');
    const code = `import json, sys
from payload import identify
for line in open(sys.argv[1], encoding="utf-8"):
    found = identify("${panel}", json.loads(line))
    print(found.key, found.weak)`;
    return execFileSync(python, ['-c', code, file], { cwd: folder, encoding: 'utf8' });
  },
  php: (folder, file) => {
    const [php] = needPrograms('php');
    const code = `require 'payload.php';
      foreach (file($argv[1]) as $line) {
          $found = identify('${panel}', json_decode($line));
          echo $found->key, ' ', $found->weak ? 'True' : 'False', "\\n";
      }`;
    return execFileSync(php, ['-r', code, file], { cwd: folder, encoding: 'utf8' });
  },
  go: (folder, file) => {
    const [go] = needPrograms('go');
    const code = `package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

func init() {
	text, _ := os.ReadFile(${JSON.stringify(file)})
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\\n") {
		decoder := json.NewDecoder(strings.NewReader(line))
		decoder.UseNumber()
		var event map[string]any
		decoder.Decode(&event)
		found := identify("${panel}", event)
		fmt.Println(found.Key, map[bool]string{true: "True", false: "False"}[found.Weak])
	}
	os.Exit(0)
}
`;
    writeFileSync(join(folder, 'print_keys.go'), code);
    const env = { ...process.env, GOTOOLCHAIN: 'local', GOFLAGS: '-mod=mod' };
    return execFileSync(go, ['run', '.'], { cwd: folder, encoding: 'utf8', env });
  },
};

describe('the key of an event', () => {
  test('is documented with values', () => {
    expect(documented.length).toBeGreaterThan(5);
    for (const { json, key } of documented) expect(eventKey(panel, JSON.parse(json)).key).toBe(key);
  });

  test.each(Object.entries(computed))(
    'is computed by the receiver of init %s as by the library',
    async (id, compute) => {
      const folder = await writeStarter(id as StarterId);
      const file = join(folder, 'events.ndjson');
      writeFileSync(file, `${events.join('\n')}\n`);
      const wanted = events.map((json) => {
        const { key, weak } = eventKey(panel, JSON.parse(json));
        return `${key} ${weak ? 'True' : 'False'}`;
      });
      expect(compute(folder, file).trimEnd().split('\n')).toEqual(wanted);
    },
  );
});
