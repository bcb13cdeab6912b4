/** What an import costs: who only wants to chat, or to forward media, does not load what codecs and containers need. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

/** The libraries of `jitsi-headless/media`. */
const mediaLibraries: readonly string[] = ['@echogarden/speex-resampler-wasm', 'libopus-wasm', 'mediabunny'];

/** The files of scripts that a program has run, as the engine counts them, by path below the root. */
async function loadedBy(program: string): Promise<Map<string, number>> {
  const folder = await mkdtemp(join(tmpdir(), 'loaded-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const env = { ...process.env, NODE_V8_COVERAGE: folder };
  await run(process.execPath, ['--input-type=module', '-e', program], { cwd: root, env });
  const files = new Map<string, number>();
  for (const name of await readdir(folder)) {
    const { result } = JSON.parse(await readFile(join(folder, name), 'utf8')) as Coverage;
    const paths = result.filter(({ url }) => url.startsWith('file:')).map(({ url }) => fileURLToPath(url));
    for (const path of paths.filter((each) => existsSync(each)))
      files.set(path.slice(root.length + 1), (await stat(path)).size);
  }
  return files;
}

interface Coverage {
  result: { url: string }[];
}

function packagesIn(files: Map<string, number>): string[] {
  const names = [...files.keys()].map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? '');
  return [...new Set(names)].filter((name) => name !== '').sort();
}

function show(name: string, files: Map<string, number>): void {
  const bytes = [...files.values()].reduce((sum, size) => sum + size, 0);
  const packages = packagesIn(files).join(', ') || 'none';
  console.log(`${name}: ${files.size} modules, ${Math.round(bytes / 1024)} KiB; packages: ${packages}`);
}

describe('what is loaded', () => {
  it('by the core has nothing of the media', async () => {
    const files = await loadedBy(`await import('jitsi-headless')`);
    show('jitsi-headless', files);
    expect([...files.keys()]).toContain('dist/client/join.js');
    expect([...files.keys()].filter((path) => path.startsWith('dist/media/'))).toEqual([]);
    expect(packagesIn(files).filter((name) => mediaLibraries.includes(name))).toEqual([]);
  });

  it('for media on a transport is one file of werift, and no package of it', async () => {
    const load = `const { loadEngine } = await import('./dist/rtc/engines.js'); await loadEngine('werift', { media: true })`;
    const files = await loadedBy(load);
    show('the engine werift', files);
    expect([...files.keys()]).toContain('dist/rtc/werift/parts.js');
    expect(packagesIn(files)).toEqual([]);
  });

  it('by the network thread is one file', async () => {
    expect(await readdir(join(root, 'dist/rtc/thread/worker'))).toEqual(['network-thread-program.js']);
    const program = await readFile(join(root, 'dist/rtc/thread/worker/network-thread-program.js'), 'utf8');
    const imported = [...program.matchAll(/^import .*? from "(.*)";$/gm)].map(([, name]) => name);
    expect(imported.length).toBeGreaterThan(0);
    expect(imported.filter((name) => !isBuiltin(name ?? ''))).toEqual([]);
  });

  it('by the media is no library before it is used', async () => {
    const files = await loadedBy(`await import('jitsi-headless/media')`);
    show('jitsi-headless/media', files);
    expect([...files.keys()]).toContain('dist/media/index.js');
    expect(packagesIn(files).filter((name) => mediaLibraries.includes(name))).toEqual([]);
  });

  it('is asked about libraries that there are', async () => {
    const { dependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    expect(Object.keys(dependencies)).toEqual(expect.arrayContaining([...mediaLibraries]));
  });
});
