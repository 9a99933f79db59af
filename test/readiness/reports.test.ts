import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { concealer } from '../../src/readiness/reports/conceal.js';
import { needPrograms } from '../helpers/programs.js';
import { run } from '../helpers/run.js';
import { serve } from '../helpers/servers.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const password = 'correct-horse';
const basic = Buffer.from(`netcore:${password}`).toString('base64');
const token = 'token-of-the-url';

describe('a concealer', () => {
  test('takes out what a quotation cut in the middle of a secret leaves of it', () => {
    const conceal = concealer(['correct-horse', 'abc']);
    expect(conceal('it says "correct-horse"')).toBe('it says "<removed>"');
    expect(conceal('it says "corre…"')).toBe('it says "<removed>…"');
    expect(conceal('abc, correct')).toBe('abc, correct');
  });
});

describe('a report', () => {
  let folder: string;
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  beforeEach(() => {
    folder = temporaryFolder();
  });

  /** The endpoint says back what it was sent, and worse. */
  async function reportOnHostile(...words: string[]) {
    const url = await serve((request, response) => {
      const says = `denied ${request.headers.authorization} ${request.url} </td><script>alert(1)</script>]]> @shop | \u202e ${password}`;
      response.writeHead(500, { 'content-type': 'text/plain' }).end(says);
    });
    const target = `${url.href.replace('//', `//netcore:${password}@`)}?key=${token}`;
    return run(['test-endpoint', target, ...words], { cwd: folder });
  }

  test.each(['html', 'xml', 'json', 'md'])(
    'as .%s holds the findings and no secret',
    async (ending) => {
      const { exit, out, err } = await reportOnHostile('--report', `ready.${ending}`);
      expect(exit).toBe(1);
      const text = read(`ready.${ending}`);
      expect(text).toContain(
        'server_failed'.replace(
          'server_failed',
          ending === 'md' ? 'received 500' : 'server_failed',
        ),
      );
      for (const secret of [password, basic, token]) {
        expect(text).not.toContain(secret);
        expect(out).not.toContain(`Basic ${basic}`);
        expect(err).not.toContain(secret);
      }
      expect(text).not.toContain('\u202e');
      expect(err).toContain(`ready.${ending}`);
      expect(readdirSync(folder)).toEqual([`ready.${ending}`]);
    },
  );

  test('as JSON keeps its own words, whatever the password is', async () => {
    const url = await serve((request, response) =>
      request.resume().on('end', () => response.end()),
    );
    const words = ['--auth', 'netcore:pass', '--only', 'http', '--report', 'ready.json'];
    await run(['test-endpoint', url.href, ...words], { cwd: folder });
    expect(JSON.parse(read('ready.json')).notices).toMatchObject([
      { type: 'check', id: 'http', outcome: 'pass' },
      { type: 'verdict', verdict: 'ready' },
    ]);
  });

  test('as HTML shows hostile text as text, and may run nothing', async () => {
    await reportOnHostile('--report', 'ready.html');
    const page = read('ready.html');
    expect(page).not.toMatch(/<script|javascript:|<link|<img|onload/);
    expect(page).toContain('&lt;script&gt;');
    expect(page).toContain("default-src 'none'");
    expect(page).toContain('\\u202e');
  });

  test('as Markdown makes no markup, mentions or links of hostile text', async () => {
    await reportOnHostile('--report', 'ready.md');
    const text = read('ready.md');
    expect(text).not.toMatch(/<script|@shop|https?:\/\//);
    // Three cells: four bars a row.
    for (const row of text.split('\n').filter((line) => /^\| [✅⚠❌➖]/u.test(line))) {
      expect(row.split('|')).toHaveLength(5);
    }
  });

  test('as JUnit is sound XML whose counts are right', async () => {
    const [python] = needPrograms('python3');
    await reportOnHostile('--report', 'ready.xml', '--report', 'ready.json');
    const script = `
import json, sys, xml.etree.ElementTree as tree
def shape(node): return {"name": node.tag, "attributes": node.attrib, "children": [shape(each) for each in node]}
print(json.dumps(shape(tree.parse(sys.argv[1]).getroot())))`;
    interface Node {
      name: string;
      attributes: Record<string, string>;
      children: Node[];
    }
    const root: Node = JSON.parse(
      execFileSync(python, ['-c', script, join(folder, 'ready.xml')], { encoding: 'utf8' }),
    );
    expect(root.name).toBe('testsuites');
    const counted = { tests: 0, failures: 0, skipped: 0 };
    for (const suite of root.children) {
      expect(suite.name).toBe('testsuite');
      expect(suite.attributes.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
      const [properties, ...cases] = suite.children;
      expect(properties?.name).toBe('properties');
      expect(cases.every(({ name }) => name === 'testcase')).toBe(true);
      const inside = (name: string) =>
        cases.filter(({ children }) => children.some((child) => child.name === name)).length;
      expect(suite.attributes).toMatchObject({
        tests: String(cases.length),
        failures: String(inside('failure')),
        skipped: String(inside('skipped')),
        errors: '0',
      });
      for (const { attributes, children } of cases) {
        expect(Object.keys(attributes)).toEqual(['name', 'classname', 'time']);
        expect(children.length).toBeLessThanOrEqual(1);
        for (const { name, attributes: of } of children) {
          expect(['failure', 'skipped', 'system-out']).toContain(name);
          if (name === 'failure') expect(Object.keys(of)).toEqual(['message', 'type']);
        }
      }
      counted.tests += cases.length;
      counted.failures += inside('failure');
      counted.skipped += inside('skipped');
    }
    for (const [name, count] of Object.entries(counted)) {
      expect(root.attributes[name]).toBe(String(count));
    }
    const { schema, notices } = JSON.parse(read('ready.json'));
    expect(schema).toBe(1);
    const checks = notices.filter(({ type }: { type: string }) => type === 'check');
    expect(checks).toHaveLength(counted.tests);
    expect(notices.at(-1)).toMatchObject({ type: 'verdict', verdict: 'not_ready' });
  });

  test('names the one cause of a run that ended early, and each remedy once', async () => {
    const url = await serve((request, response) =>
      request.resume().on('end', () => response.writeHead(404).end('<h1>Nothing here</h1>')),
    );
    const words = ['html', 'md', 'json', 'xml'].flatMap((end) => ['--report', `ready.${end}`]);
    await run(['test-endpoint', url.href, '--suite', 'full', ...words], { cwd: folder });
    const cause = 'A call received 404: the path does not exist.';
    expect(read('ready.html')).toContain(`Ended by the check path: ${cause}`);
    expect(read('ready.md')).toContain('Ended by the check `path`: A call received 404: the path');
    expect(JSON.parse(read('ready.json')).notices.at(-1)).toMatchObject({
      ...{ type: 'verdict', verdict: 'not_ready' },
      cause: { check: 'path', code: 'not_found', message: cause },
    });
    for (const end of ['html', 'md', 'json', 'xml']) {
      expect(read(`ready.${end}`), end).toContain('Nothing here');
      expect(read(`ready.${end}`), end).not.toContain('<h1>Nothing');
    }
  });

  test('names a remedy that stands above instead of repeating it', async () => {
    const url = await serve(async (request, response) => {
      const text = Buffer.concat(await request.toArray()).toString();
      response.writeHead(/%22(?:sms|pigeon)%22/.test(text) ? 429 : 200).end();
    });
    const words = ['--suite', 'full', '--only', 'activities,unknown', '--report', 'ready.html'];
    const { out } = await run(['test-endpoint', url.href, ...words], { cwd: folder });
    for (const text of [out, read('ready.html')]) {
      expect(text.match(/Exempt the path from rate limits/g)).toHaveLength(1);
      expect(text).toContain('Same fix as for activities.');
    }
  });

  test('names code that stands above, below a remedy of its own', async () => {
    const url = await serve(async (request, response) => {
      const text = Buffer.concat(await request.toArray()).toString();
      response.writeHead(/%22(?:sms|pigeon)%22/.test(text) ? 500 : 200).end();
    });
    const words = ['--suite', 'full', '--only', 'activities,unknown', '--framework', 'express'];
    const { out } = await run(['test-endpoint', url.href, ...words, '--report', 'ready.html'], {
      cwd: folder,
    });
    expect(out.match(/^ {8}In Express:$/gm)).toHaveLength(1);
    expect(out).toContain('        In Express: the code shown for activities.\n');
    expect(read('ready.html').match(/<pre>/g)).toHaveLength(1);
    expect(read('ready.html')).toContain('Its code is shown for activities.');
  });

  test('counts warnings as failures with --fail-on warning', async () => {
    const url = await serve((request, response) =>
      request.resume().on('end', () => response.end()),
    );
    const words = ['test-endpoint', url.href, '--report', 'ready.xml'];
    expect((await run(words, { cwd: folder })).exit).toBe(0);
    expect(read('ready.xml')).toContain('failures="0"');
    expect((await run([...words, '--fail-on', 'warning'], { cwd: folder })).exit).toBe(1);
    expect(read('ready.xml')).toContain('<failure message="The endpoint requires no');
  });

  test('of an unknown extension is a usage problem before anything is sent', async () => {
    let calls = 0;
    const url = await serve((_request, response) => {
      calls += 1;
      response.end();
    });
    for (const path of ['ready.pdf', 'ready', 'ready.constructor']) {
      const { exit, err } = await run(['test-endpoint', url.href, '--report', path]);
      expect(exit).toBe(2);
      expect(err).toContain('Supported extensions: .html, .xml, .json, .md.');
    }
    const missing = join(folder, 'missing', 'ready.html');
    expect((await run(['test-endpoint', url.href, '--report', missing])).exit).toBe(3);
    expect(calls).toBe(0);
    expect(existsSync(missing)).toBe(false);
  });

  test('draws the figures of a burst', async () => {
    const url = await serve((request, response) =>
      request.resume().on('end', () => response.end()),
    );
    const words = ['test-endpoint', url.href, '--burst', '2x100ms', '--report', 'ready.html'];
    await run(words, { cwd: folder });
    expect(read('ready.html').match(/<svg/g)).toHaveLength(2);
    expect(read('ready.html')).toContain('calls a second');
  });
});
