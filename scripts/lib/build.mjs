/** Compiles src into dist, unless dist already comes from these very sources. */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { bin, root, run } from './run.mjs';

const dist = `${root}dist`;
const program = 'cli/main.js';
const stampPath = `${root}.cache/build-stamp`;

export async function build() {
  const stamp = sourceStamp();
  if (existsSync(`${dist}/${program}`) && existsSync(stampPath) && readFileSync(stampPath, 'utf8') === stamp)
    return;
  // Compiled elsewhere first: programs that run from dist meanwhile keep it until it is exchanged.
  const fresh = `${root}.cache/dist-${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  try {
    await run(bin('tsc'), ['-p', 'tsconfig.build.json', '--outDir', fresh]);
    chmodSync(`${fresh}/${program}`, 0o755);
    rmSync(dist, { recursive: true, force: true });
    renameSync(fresh, dist);
    writeFileSync(stampPath, stamp);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** A hash of everything that the result depends on. */
function sourceStamp() {
  const sources = readdirSync(`${root}src`, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`)
    .sort();
  const hash = createHash('sha256');
  for (const path of [
    ...sources,
    `${root}tsconfig.json`,
    `${root}tsconfig.build.json`,
    `${root}package-lock.json`,
  ]) {
    hash.update(`${path}\0`).update(readFileSync(path)).update('\0');
  }
  return hash.digest('hex');
}
