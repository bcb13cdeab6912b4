/** Compiles what is written in TypeScript, unless that was done already with these very sources. */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { bin, root, run } from './run.mjs';

const program = 'cli/main.js';

/** `src` into `dist`. */
export async function build() {
  await compile({
    project: 'tsconfig.build.json',
    folders: ['src'],
    to: 'dist',
    stamp: 'build-stamp',
    probe: program,
    finish: async (fresh) => {
      chmodSync(`${fresh}/${program}`, 0o755);
      // Loaded late: their package may only just have been installed.
      const { bundleWerift } = await import('./bundle-werift.mjs');
      const { bundleThread } = await import('./bundle-thread.mjs');
      await bundleWerift(fresh);
      await bundleThread(fresh);
    },
  });
}

/** `proof`, with what of `src` and `test/support` it uses, into `.cache/proof`, where it finds the test data as in the sources. */
export async function buildProof() {
  await compile({
    project: 'proof/tsconfig.json',
    folders: ['src', 'test/support', 'test/unit', 'proof'],
    to: '.cache/proof',
    stamp: 'proof-stamp',
    probe: 'proof',
    finish: (fresh) => {
      for (const data of ['test/fixtures', 'test/cases', 'clips'])
        symlinkSync(`${root}${data}`, `${fresh}/${data}`);
    },
  });
}

async function compile({ project, folders, to, stamp, probe, finish }) {
  const stampPath = `${root}.cache/${stamp}`;
  const target = `${root}${to}`;
  const sources = sourceStamp(folders, project);
  if (
    existsSync(`${target}/${probe}`) &&
    existsSync(stampPath) &&
    readFileSync(stampPath, 'utf8') === sources
  )
    return;
  // Compiled elsewhere first: programs that run from there meanwhile keep it until it is exchanged.
  const fresh = `${root}.cache/${stamp}-${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  try {
    await run(bin('tsc'), ['-p', project, '--outDir', fresh]);
    await finish(fresh);
    rmSync(target, { recursive: true, force: true });
    renameSync(fresh, target);
    writeFileSync(stampPath, sources);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** A hash of everything that the result depends on. */
function sourceStamp(folders, project) {
  const sources = folders
    .flatMap((folder) => readdirSync(`${root}${folder}`, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`)
    .sort();
  const hash = createHash('sha256');
  for (const path of [
    ...sources,
    `${root}tsconfig.json`,
    `${root}${project}`,
    `${root}package-lock.json`,
    `${root}scripts/lib/bundle-thread.mjs`,
    `${root}scripts/lib/bundle-werift.mjs`,
  ]) {
    hash.update(`${path}\0`).update(readFileSync(path)).update('\0');
  }
  return hash.digest('hex');
}
