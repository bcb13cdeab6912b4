/** What the documents promise: links lead somewhere in the package, and code compiles in a strict project. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { codeBlocks, documents, linkedFiles } from '../support/documents.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

interface Packed {
  files: { path: string }[];
}

describe('the documents', () => {
  it('link to what is packed with them', async () => {
    const { stdout } = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: root });
    const [{ files } = { files: [] }] = JSON.parse(stdout) as Packed[];
    const packed = files.map(({ path }) => path);
    // Tests that a document names as its proof are in the repository only.
    const isThere = (path: string): boolean =>
      packed.some((each) => each === path || each.startsWith(`${path.replace(/\/$/, '')}/`)) ||
      (path.startsWith('test/') && existsSync(join(root, path)));
    const dead = documents()
      .filter((file) => packed.includes(file))
      .flatMap((file) =>
        linkedFiles(file)
          .filter((target) => !isThere(target))
          .map((target) => `${file}: ${target}`),
      );
    expect(dead).toEqual([]);
    expect(packed).toContain('README.md');
  });

  it('have code that a strict project takes', async () => {
    const blocks = documents()
      .flatMap(codeBlocks)
      .filter(({ language }) => ['ts', 'js', 'typescript', 'javascript'].includes(language));
    expect(blocks.length).toBeGreaterThan(10);
    const folder = await mkdtemp(join(tmpdir(), 'snippets-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    await mkdir(join(folder, 'code'));
    await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
    await cp(join(root, 'test/types/snippets.d.ts'), join(folder, 'code/snippets.d.ts'));
    for (const { file, line, text } of blocks) {
      const name = `${file.replaceAll(/[/.]/g, '-')}-${line}.ts`;
      await writeFile(join(folder, 'code', name), `${text}\nexport {};\n`);
    }
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(strictProject));
    const { stdout } = await run(join(root, 'node_modules/.bin/tsc'), ['-p', folder]).catch(
      (error: unknown) => {
        return error as { stdout: string };
      },
    );
    expect(stdout).toBe('');
  });
});

const strictProject = {
  compilerOptions: {
    target: 'ES2023',
    lib: ['ES2023', 'ESNext.Disposable', 'DOM'],
    module: 'NodeNext',
    moduleDetection: 'force',
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    // The declarations of Node and of browsers overlap.
    skipLibCheck: true,
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
    paths: {
      'jitsi-headless': [join(root, 'dist/index.d.ts')],
      'jitsi-headless/media': [join(root, 'dist/media/index.d.ts')],
      'jitsi-headless/sandbox': [join(root, 'dist/sandbox/index.d.ts')],
    },
  },
  include: ['code'],
};
