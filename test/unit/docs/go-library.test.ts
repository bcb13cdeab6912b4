/** docs/go-library.md: every row has what stands for it here, and links the tests that show it. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const file = join(import.meta.dirname, '../../../docs/go-library.md');

interface Row {
  go: string;
  here: string;
  tests: string[];
}

const rows = readFileSync(file, 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .slice(2)
  .map((line): Row => {
    const [, go = '', here = '', tests = ''] = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
    return { go, here, tests: [...tests.matchAll(/\]\(([^)\s]+)\)/g)].map(([, path = '']) => path) };
  });

it('has rows', () => {
  expect(rows.length).toBeGreaterThan(25);
});

describe.each(rows)('$go', ({ here, tests }) => {
  it('links tests that are there', () => {
    expect(tests.length).toBeGreaterThan(0);
    for (const path of tests) {
      expect(path).toMatch(/^\.\.\/test\//);
      expect(existsSync(join(dirname(file), path)), path).toBe(true);
    }
  });

  it('is there, and in these tests', () => {
    expect(here).not.toMatch(/later|not yet/i);
    const texts = tests.map((path) => readFileSync(join(dirname(file), path), 'utf8'));
    const missing = namesIn(here).filter((name) => !texts.some((text) => mentions(text, name)));
    expect(missing).toEqual([]);
  });
});

/** The last word of each call or property: `bridge.sendLastN / sendVideoType` names two, `session.openBridge({ signal })` one. */
function namesIn(cell: string): string[] {
  const code = [...cell.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text.replaceAll(/[({].*$/g, ''));
  return code.flatMap((text) => text.split(/ \/ |, /)).flatMap((text) => /[\w-]+$/.exec(text.trim()) ?? []);
}

function mentions(text: string, name: string): boolean {
  return new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(text);
}
