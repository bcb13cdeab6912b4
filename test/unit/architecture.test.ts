import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folders, neighbours, pureFolders, reachable } from '../support/folder-graph.ts';
import { cyclesIn, type SourceFile, violations } from '../support/source-rules.ts';

const root = join(import.meta.dirname, '../..');

describe('the folder graph', () => {
  it('has no cycles', () => {
    expect(cyclesIn(new Map(Object.entries(neighbours)))).toEqual([]);
  });

  it('keeps the sandbox apart from the client', () => {
    expect(reachable('sandbox')).not.toContain('client');
    expect(reachable('sandbox')).not.toContain('conference');
  });

  it('lets pure folders reach pure folders only', () => {
    for (const folder of pureFolders)
      expect(pureFolders).toEqual(expect.arrayContaining([...reachable(folder)]));
  });

  it('is what the lint configuration bans', () => {
    const config = JSON.parse(readFileSync(join(root, '.oxlintrc.json'), 'utf8')) as {
      overrides: { files: string[]; rules: Record<string, unknown> }[];
    };
    for (const folder of folders) {
      const override = config.overrides.find((entry) => entry.files[0] === `src/${folder}/**`);
      expect.soft(override?.rules['no-restricted-imports'], folder).toEqual(importBan(folder));
    }
  });
});

function importBan(folder: string): unknown {
  const banned = folders.filter((other) => !reachable(folder).has(other));
  const patterns = banned.length > 0 ? [`^(\\.\\./)+(${banned.join('|')})/`] : [];
  if (pureFolders.includes(folder)) patterns.push('^node:', '^ws$');
  if (patterns.length === 0) return undefined;
  const regex = patterns.join('|');
  return ['error', { patterns: [{ regex, message: 'See the folder graph in docs/ARCHITECTURE.md.' }] }];
}

describe('the rules', () => {
  const check = (path: string, text: string, others: SourceFile[] = []): string[] =>
    violations([{ path, text }, ...others]);
  const empty = (path: string): SourceFile => ({ path, text: '' });

  it('accept a file that keeps them', () => {
    const text = `import { a } from '../base/a.ts';\nexport const b = (task: { process(): Date }) => task.process() ?? a;\n`;
    expect(check('xml/b.ts', text, [empty('base/a.ts')])).toEqual([]);
  });

  it.each([
    ['an import', `import { a } from '../client/a.ts';`],
    ['a type import', `import type { a } from '../client/a.ts';`],
    ['a re-export', `export { a } from '../client/a.ts';`],
    ['a dynamic import', `export const a = import('../client/a.ts');`],
    ['a type in place', `export type A = import('../client/a.ts').A;`],
    ['an import over several lines', `import {\n  a,\n} from '../client/a.ts';`],
  ])('refuse %s against the graph', (_, text) => {
    expect(check('sandbox/b.ts', text, [empty('client/a.ts')])).toEqual([
      'sandbox/b.ts:1: sandbox may not import client',
    ]);
  });

  it('see imports from nested folders and from the front', () => {
    const text = `import { a } from '../../cli/a.ts';`;
    expect(check('jitsi/deep/b.ts', text, [empty('cli/a.ts')])).toEqual([
      'jitsi/deep/b.ts:1: jitsi may not import cli',
    ]);
    expect(check('index.ts', `export { a } from './cli/a.ts';`, [empty('cli/a.ts')])).toEqual([
      'index.ts:1: src may not import cli',
    ]);
  });

  it('refuse folders and files that nobody knows', () => {
    expect(check('misc/b.ts', `import { a } from '../base/a.ts';`, [empty('base/a.ts')])).toEqual([
      'misc/b.ts:1: folder misc is not in the graph',
    ]);
    expect(check('xml/b.ts', `import { a } from './a.js';`)).toEqual([
      'xml/b.ts:1: there is no file src/xml/a.js',
    ]);
  });

  it('refuse import cycles, also of types', () => {
    const cycle = check('xml/a.ts', `import { b } from './b.ts';`, [
      { path: 'xml/b.ts', text: `import type { c } from './c.ts';` },
      { path: 'xml/c.ts', text: `import { a } from './a.ts';` },
    ]);
    expect(cycle).toEqual(['import cycle: xml/a.ts -> xml/b.ts -> xml/c.ts -> xml/a.ts']);
  });

  it.each([
    ['setImmediate', 'setImmediate(() => {});'],
    ['Date.now', 'const now = Date.now();'],
    ['Date()', 'const now = new Date();'],
    ['Date()', 'const now = Date();'],
    ['performance', 'const now = performance.now();'],
    ['Math.random', 'const dice = Math.random();'],
    ['console', `console.log('x');`],
    ['process', 'const env = { process };'],
    ['Buffer', 'export type Bytes = Buffer;'],
    ['fetch', `const page = fetch('/');`],
    ['WebSocket', `const socket = new WebSocket('ws://x');`],
    ['crypto', 'const id = crypto.randomUUID();'],
    ['globalThis', 'const g = globalThis;'],
  ])('refuse %s in a pure folder', (name, text) => {
    expect(check('conference/a.ts', text)).toEqual([
      `conference/a.ts:1: conference is pure: ${name} is not available`,
    ]);
    expect(check('net/a.ts', text)).toEqual([]);
  });

  it.each([
    ['setTimeout', 'setTimeout(() => {}, 1);'],
    ['setTimeout', `import { setTimeout as pause } from 'node:timers/promises';`],
    ['setInterval', 'const start = setInterval;'],
    ['AbortSignal.timeout', 'const signal = AbortSignal.timeout(5);'],
  ])('refuse %s everywhere but in one file: %s', (name, text) => {
    expect(check('net/a.ts', text)).toEqual([
      `net/a.ts:1: ${name}: delays become timers in base/timer.ts alone`,
    ]);
    expect(check('xmpp/a.ts', text)).toContain(`xmpp/a.ts:1: xmpp is pure: ${name} is not available`);
    expect(check('base/timer.ts', `setTimeout(() => {}, 1);`)).toEqual([]);
  });

  it('refuse Node and impure packages in a pure folder', () => {
    const text = `import { readFileSync } from 'node:fs';\nimport { WebSocketServer } from 'ws';\nimport { sha1 } from '@noble/hashes/legacy.js';`;
    expect(check('jitsi/a.ts', text)).toEqual([
      'jitsi/a.ts:1: jitsi is pure: it may not import node:fs',
      'jitsi/a.ts:2: jitsi is pure: it may not import ws',
    ]);
    expect(check('net/a.ts', text)).toEqual([]);
  });

  it('let each port have what it stands for, and no more', () => {
    expect(check('base/clock.ts', 'performance.now() - Date.now();')).toEqual([]);
    expect(check('base/clock.ts', 'crypto.randomUUID();')).toHaveLength(1);
  });

  it('allow dates that read no clock', () => {
    expect(
      check('jitsi/a.ts', `export const at = new Date('2020-01-01').getTime() + Date.parse('2020-01-01');`),
    ).toEqual([]);
  });

  it('refuse files that are too long', () => {
    expect(check('net/a.ts', '\n'.repeat(500))).toEqual([]);
    expect(check('net/a.ts', '\n'.repeat(501))).toEqual(['net/a.ts: 501 lines, at most 500 are allowed']);
  });

  it('refuse default exports and export *', () => {
    expect(check('net/a.ts', 'export default 1;')).toEqual(['net/a.ts:1: default exports are not used here']);
    expect(check('net/a.ts', `export * from './b.ts';`, [empty('net/b.ts')])).toEqual([
      `net/a.ts:1: export * from './b.ts' hides what is public`,
    ]);
  });
});

describe('src', () => {
  const source = join(root, 'src');
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map(
      (path): SourceFile => ({
        path: path.replaceAll('\\', '/'),
        text: readFileSync(join(source, path), 'utf8'),
      }),
    );

  it('keeps the rules', () => {
    expect(files.length).toBeGreaterThan(0);
    expect(violations(files)).toEqual([]);
  });
});
