import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../src/package-root.js';
import { channels } from '../src/payload/channels.js';
import { exitCodes } from '../src/problems/exit-codes.js';

const folder = new URL('skills/', packageRoot);
const skills = readdirSync(folder);

// The commands of the skill run in guides.test.ts.
describe.each(skills)('the skill %s', (name) => {
  const text = readFileSync(new URL(`${name}/SKILL.md`, folder), 'utf8');
  const [, matter = '', body = ''] = /^---\n(.*?)\n---\n(.*)$/s.exec(text) ?? [];
  const members = Object.fromEntries(
    matter.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2)),
  );

  test('has a name like its folder, and a description that says when to use it', () => {
    expect(Object.keys(members)).toEqual(['name', 'description']);
    expect(members.name).toBe(name);
    expect(name).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);
    expect(members.description).toMatch(/\. Use it to /);
    expect(members.description.length).toBeLessThanOrEqual(1024);
    // In YAML, this would begin a mapping or a comment.
    expect(members.description).not.toMatch(/: | #/);
  });

  test('stands alone when it is copied: six recipes, and no link', () => {
    expect(body.match(/^### \d\. /gm)).toHaveLength(6);
    expect(body).not.toMatch(/\]\(/);
  });

  test('has the exit codes and channels of the code', () => {
    const rows = [...body.matchAll(/^\| (\d+) \| (.*) \|$/gm)];
    expect(rows.map(([, code, meaning]) => ({ code: Number(code), meaning }))).toEqual(
      Object.values(exitCodes).map(({ code, meaning }) => ({ code, meaning })),
    );
    expect(body).toContain(`\`${channels.join(' ')}\``);
  });
});

test('the package holds the skills', () => {
  const { files } = JSON.parse(readFileSync(new URL('package.json', packageRoot), 'utf8'));
  expect(files).toContain('skills');
});
