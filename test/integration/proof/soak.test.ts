import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../..');

it('a short soak leaves nothing open, holds no more than before, and is plotted', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'soak-'));
  try {
    const page = join(folder, 'soak.html');
    const args = [
      'proof/soak.mjs',
      '--short',
      '--minutes',
      '0',
      '--visits',
      '32',
      '--together',
      '2',
      '--report',
      page,
    ];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root, timeout: 900_000 });
    expect(stdout).toContain('32 visits in');
    expect(stdout).toMatch(/faults: .*moveBridge \d.*dropSocket \d|faults: .*dropSocket \d.*moveBridge \d/);
    const html = readFileSync(page, 'utf8');
    expect(html.match(/<svg /g)).toHaveLength(4);
    expect(html).toContain('client after 32 visits');
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 1_000_000);
