/** SECURITY.md: each claim has its test, which is there under that title; limits are where it says. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const text = readFileSync(join(root, 'SECURITY.md'), 'utf8');
const section = (title: string): string => text.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';

/** The list items of a section, with the lines that belong to them. */
const claims = section('Threat model')
  .split(/\n(?=- )/)
  .filter((item) => item.startsWith('- '))
  .map((item) => item.split('\n\n')[0] ?? '');

/** Titles and paths; a title is one of a test or a group. */
const testsOf = (claim: string): string[][] =>
  [...claim.matchAll(/\[([^\]]+)\]\((test\/[^)]+)\)/g)].map(([, title = '', path = '']) => [title, path]);

describe('SECURITY.md', () => {
  it('makes claims about every party', () => {
    const parties = section('Threat model').split('\n### ').slice(1);
    expect(parties.length).toBeGreaterThanOrEqual(8);
    for (const party of parties) expect(party).toContain('\n- ');
  });

  it.each(claims)('has a test for: %s', (claim) => {
    const tests = testsOf(claim);
    expect(tests).not.toEqual([]);
    for (const [title = '', path = ''] of tests) {
      expect(existsSync(join(root, path)), path).toBe(true);
      const titles = [...readFileSync(join(root, path), 'utf8').matchAll(/(['`"])((?:(?!\1).)+)\1/g)];
      expect(
        titles.map(([, , words = '']) => words).filter((words) => words.includes(title)),
        `${title} in ${path}`,
      ).not.toEqual([]);
    }
  });

  it('names files that are there', () => {
    const files = [...section('Limits').matchAll(/`(src\/[^`]+)`/g)].map(([, path = '']) => path);
    expect(files.length).toBeGreaterThan(10);
    for (const path of files) expect(existsSync(join(root, path)), path).toBe(true);
  });
});
