/** docs/errors.md has every code that an error can have, and none that no error has. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codesIn, literalsIn } from '../../support/error-codes.ts';

const root = join(import.meta.dirname, '../../..');
const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({ name, text: readFileSync(join(root, 'src', name), 'utf8') }));

/** The first column of the table of codes; `*` stands for anything. */
const documented = readFileSync(join(root, 'docs/errors.md'), 'utf8')
  .split('\n## Codes\n')[1]
  ?.split('\n')
  .filter((line) => line.startsWith('| `'))
  .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, code = '']) => code));

const matches = (pattern: string, code: string): boolean =>
  new RegExp(`^${pattern.split('*').map(escape).join('.+')}$`).test(code);

describe('the codes of errors', () => {
  it('are found in the source', () => {
    const found = codesIn(`throw new UsageError('x', { code: on ? 'a-b' : \`c-\${d}\` });
      new ParseError('xml', 'e-f', 'words'); export type FooErrorCode = 'g-h' | 'i';
      const details = { code: 1000 }; socket.close({ code });`);
    expect(found.toSorted()).toEqual(['a-b', 'c-*', 'e-f', 'g-h', 'i']);
  });

  it('are all documented', () => {
    const missing = sources.flatMap(({ name, text }) =>
      codesIn(text)
        .filter((code) => !documented?.some((pattern) => matches(pattern, code) || matches(code, pattern)))
        .map((code) => `${code} (${name})`),
    );
    expect(missing).toEqual([]);
  });

  it('that are documented are in the source', () => {
    const literals = new Set(sources.flatMap(({ text }) => literalsIn(text)));
    const patterns = [...literals].filter(
      (literal) => /^(?:\*-|[a-z]+-)[a-z*-]*$/.test(literal) && literal.includes('*'),
    );
    const stale = documented?.filter(
      (code) =>
        ![...literals].some((literal) => matches(code, literal)) &&
        !patterns.some((pattern) => matches(pattern, code)),
    );
    expect(stale).toEqual([]);
  });
});

function escape(text: string): string {
  return text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
}
