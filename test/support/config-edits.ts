/** Damage to config.js, as fast-check arbitraries. */
import * as fc from 'fast-check';

/** Pieces that have a meaning in these files, to mutate with. */
export const configPieces: readonly string[] = [
  'config',
  '.hosts',
  "['muc']",
  ' = ',
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  ';',
  "'",
  '"',
  '`',
  '${',
  '+',
  '!',
  '...',
  ',',
  '?',
  ':',
  '=>',
  'if (unknown) ',
  'while (true) ',
  'function () {',
  'return ',
  'var ',
  'delete ',
  'typeof ',
  '/',
  '//',
  '/*',
  '<!--# ',
  '-->',
  '\\',
  '\n',
  '__proto__',
  'constructor',
  '.length',
  '.split("")',
  '.replaceAll("", config.bosh)',
  'window.location.pathname',
  'location',
  'document.',
  '.match(/^[^/]*/)',
  '.filter(Boolean)',
  'new URL(location.href)',
  'default="',
  'a = a + a;',
  'undefined',
  'null',
  '1e999',
  '\u2028',
  '\0',
];

/** @param edit kind, where as a part of the length, size, piece */
export function editedConfig(source: string, [kind, at, size, piece]: ConfigEdit): string {
  const start = Math.floor(at * source.length);
  const end = Math.min(source.length, start + size);
  if (kind === 0) return source.slice(0, start) + source.slice(end); // removed
  if (kind === 1) return source.slice(0, start) + piece + source.slice(start); // inserted
  if (kind === 2) return source.slice(0, end) + source.slice(start); // doubled
  return source.slice(0, start) + piece + source.slice(end); // replaced
}

type ConfigEdit = [kind: number, at: number, size: number, piece: string];

export const configEdit: fc.Arbitrary<ConfigEdit> = fc.tuple(
  fc.nat(3),
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.integer({ min: 1, max: 60 }),
  fc.constantFrom(...configPieces),
);
