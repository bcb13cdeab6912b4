import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadAudioClip, loadVideoClip } from '../../../src/media/clip-file.ts';
import { ivf, vp8Frame } from '../../support/ivf.ts';
import { oggOpus } from '../../support/ogg.ts';

const directory = mkdtempSync(join(tmpdir(), 'jitsi-headless-clips-'));
afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, bytes: Uint8Array): string {
  const path = join(directory, name);
  writeFileSync(path, bytes);
  return path;
}

describe('a clip in a file', () => {
  it('is read', () => {
    const picture = file('a.ivf', ivf([{ time: 0, data: vp8Frame(true) }]));
    expect(loadVideoClip(picture).codec).toBe('vp8');
    const sound = file('a.ogg', oggOpus([Buffer.from([0x08, 1])]));
    expect(loadAudioClip(sound).duration).toBe(20);
  });

  it('that is not there is a usage error', () => {
    const path = join(directory, 'none.ivf');
    expect(() => loadVideoClip(path)).toThrow(
      expect.objectContaining({
        kind: 'usage',
        code: 'clip-unreadable',
        message: expect.stringContaining(path),
      }),
    );
  });

  it.each([
    ['a folder', directory],
    ['a device', '/dev/zero'],
  ])('is not %s', (_, path) => {
    expect(() => loadAudioClip(path)).toThrow(
      expect.objectContaining({ code: 'clip-unreadable', message: `reading ${path}: it is no file` }),
    );
  });

  it('that is something else is a usage error, which says what is wrong', () => {
    const path = file('b.ivf', Buffer.from('RIFF'));
    expect(() => loadVideoClip(path)).toThrow(
      expect.objectContaining({
        kind: 'usage',
        code: 'clip-unusable',
        message: `reading ${path}: unusable IVF file: it does not begin as one; is it in another format, such as WebM?`,
        cause: expect.objectContaining({ code: 'ivf-header' }),
      }),
    );
  });
});
