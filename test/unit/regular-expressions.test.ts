/**
 * No regular expression of `src` takes longer than its text is long: what somebody sends passes through them, and a hundred
 * characters can keep an exponential one busy for years. recheck proves it: an automaton where the expression has one, else
 * a search for the worst input.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkSync } from 'recheck';
import { beforeAll, describe, expect, it } from 'vitest';
import { regularExpressions } from '../support/regular-expressions.ts';

const root = join(import.meta.dirname, '../../src');

/** Those whose text is short or ours, with the reason. */
const harmless: Readonly<Record<string, string>> = {
  'cli/bench/words.ts /\\B(?=(\\d{3})+$)/g': 'the digits of a number',
  'jitsi/config-js/patterns.ts /undefined/':
    'of at most two repetitions, on short text, charged before it is run',
  'cli/flags/durations.ts /([\\d.]+)(ms|s|m|h)/g':
    'linear in text that is a duration, which was checked before',
};

/** ms for one expression, far from what any of ours needs. */
const patience = 120_000;

beforeAll(() => {
  // The one of recheck's engines that needs neither Java nor a binary.
  process.env['RECHECK_BACKEND'] = 'pure';
});

/** Why an expression may take longer than linear time; undefined when it cannot. */
function objection(pattern: string | undefined, flags: string): string | undefined {
  if (pattern === undefined) return 'is put together while the program runs';
  const diagnostics = checkSync(pattern, flags, { timeout: patience });
  if (diagnostics.status === 'safe') return undefined;
  return diagnostics.status === 'unknown' ? 'cannot be judged' : diagnostics.complexity.summary;
}

function objections(path: string, text: string): string[] {
  return regularExpressions(text).flatMap(({ line, pattern, flags }) => {
    if (`${path} /${pattern}/${flags}` in harmless) return [];
    const problem = objection(pattern, flags);
    return problem === undefined ? [] : [`${path}:${line}: /${pattern}/${flags}: ${problem}`];
  });
}

const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
const texts = new Map(
  files.map((path) => [path.replaceAll('\\', '/'), readFileSync(join(root, path), 'utf8')]),
);

describe('regular expressions', () => {
  it('are linear in all of src', { timeout: 600_000 }, () => {
    expect([...texts].flatMap(([path, text]) => objections(path, text))).toEqual([]);
  });

  it('are all found', () => {
    const count = [...texts.values()].reduce((sum, text) => sum + regularExpressions(text).length, 0);
    expect(count).toBeGreaterThan(60);
  });

  it('that are excused exist', () => {
    const known = [...texts].flatMap(([path, text]) =>
      regularExpressions(text).map(({ pattern, flags }) => `${path} /${pattern}/${flags}`),
    );
    expect(Object.keys(harmless).filter((name) => !known.includes(name))).toEqual([]);
  });
});

describe('the check', () => {
  it.each([
    ['an exponential one', 'text.replace(/"(?:[^"\\\\]|\\\\.|\\\\")*"/, "")', /exponential/],
    ['a quadratic one', 'const a = /\\s+$/;', /polynomial/],
    ['a quadratic search', 'text.match(/[^/]*@/g)', /polynomial/],
    ['one of text', 'new RegExp("(a+)+$")', /exponential/],
    ['one that is put together', 'new RegExp(`${name}+`, "g")', /put together/],
    ['one in a class', 'class A { static #b = /(x|x)*y/u }', /exponential/],
  ])('objects to %s', { timeout: 2 * patience }, (_, text, problem) => {
    expect(objections('a.ts', text)).toEqual([expect.stringMatching(problem)]);
  });

  it('takes linear ones', () => {
    expect(
      objections('a.ts', 'const a = [/^\\d+$/, /a[^b]{0,9}/i, new RegExp("^x", "u")]; RegExp.name;'),
    ).toEqual([]);
  });
});
