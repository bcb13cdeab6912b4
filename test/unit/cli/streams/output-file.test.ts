import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openOutputFile } from '../../../../src/cli/streams/output-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'output-file-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function open(path: string, isPrivate = true): Writable {
  return openOutputFile(path, { isPrivate });
}

const mode = (path: string): number => statSync(path).mode & 0o777;

describe('a file that is written while a command runs', () => {
  it('begins anew, and has each piece at once', () => {
    const path = join(folder, 'file');
    writeFileSync(path, 'what was there before, and longer');
    const file = open(path);
    file.write('one\n');
    file.write('two\n');
    expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
    file.destroy();
  });

  it('is for us alone where it is private, also if it was open to all', () => {
    const inFolder = (name: string): string => join(folder, name);
    const [fresh, old, open_, link] = [
      inFolder('fresh'),
      inFolder('old'),
      inFolder('open'),
      inFolder('link'),
    ];
    for (const path of [old, open_]) writeFileSync(path, '');
    chmodSync(old, 0o666);
    chmodSync(open_, 0o644);
    symlinkSync(old, link);
    for (const path of [fresh, link]) open(path).destroy();
    open(open_, false).destroy();
    expect([mode(fresh), mode(old), mode(open_)]).toEqual([0o600, 0o600, 0o644]);
  });

  it('is no folder, and no pipe that nobody reads', () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect(() => open(pipe)).toThrow(`nobody reads ${pipe}: start its reader first`);
    expect(() => open(folder)).toThrow('EISDIR');
    expect(() => open(join(folder, 'none/file'))).toThrow('ENOENT');
  });

  it('may be a device, and says when that is full', async () => {
    open('/dev/null').destroy();
    const full = open('/dev/full');
    const error = await new Promise<NodeJS.ErrnoException>((resolve) => {
      full.on('error', resolve);
      full.write('line');
    });
    expect(error.code).toBe('ENOSPC');
  });
});
