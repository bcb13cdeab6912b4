import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

interface LockFile {
  packages: Record<string, { resolved?: string; optionalDependencies?: Record<string, string> }>;
}

describe('package-lock.json', () => {
  const path = join(import.meta.dirname, '../../package-lock.json');
  const { packages } = JSON.parse(readFileSync(path, 'utf8')) as LockFile;

  it('names no registry', () => {
    expect(Object.entries(packages).filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  });

  it('holds the binaries of all platforms: node scripts/complete-lock-file.mjs adds them', () => {
    const wanted = Object.values(packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}));
    const locked = new Set(Object.keys(packages).map((place) => place.replace(/^.*node_modules\//, '')));
    expect(wanted.filter((name) => !locked.has(name))).toEqual([]);
  });
});
