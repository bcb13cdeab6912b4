import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadClip } from '../../../../src/media/clips/load-clip.ts';
import { ivf, vp8Frame } from '../../../support/ivf.ts';
import { oggOpus } from '../../../support/ogg.ts';

const directory = mkdtempSync(join(tmpdir(), 'jitsi-headless-clips-'));
afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, bytes: Uint8Array): string {
  const path = join(directory, name);
  writeFileSync(path, bytes);
  return path;
}

describe('a clip in a file', () => {
  it('is read', async () => {
    const picture = file('a.ivf', ivf([{ time: 0, data: vp8Frame(true) }]));
    expect((await loadClip('video', picture)).codec).toBe('vp8');
    const sound = file('a.ogg', oggOpus([Buffer.from([0x08, 1])]));
    expect((await loadClip('audio', sound)).duration).toBe(20);
  });

  it('that is not there is a usage error', async () => {
    const path = join(directory, 'none.ivf');
    await expect(loadClip('video', path)).rejects.toThrow(
      expect.objectContaining({
        kind: 'usage',
        code: 'clip-unreadable',
        message: expect.stringContaining(path),
      }),
    );
  });

  it('is not a folder', async () => {
    await expect(loadClip('audio', directory)).rejects.toThrow(
      expect.objectContaining({ code: 'clip-unreadable', message: `reading ${directory}: it is no file` }),
    );
  });

  it('has what is asked for, in a codec that can be sent', async () => {
    const sound = file('c.ogg', oggOpus([Buffer.from([0x08, 1])]));
    await expect(loadClip('video', sound)).rejects.toThrow(
      expect.objectContaining({
        code: 'clip-unusable',
        message: `reading ${sound}: there is no picture in it`,
      }),
    );
  });

  it('that is something else is a usage error, which says what is wrong', async () => {
    const path = file('b.ivf', Buffer.from('RIFF'));
    await expect(loadClip('video', path)).rejects.toThrow(
      expect.objectContaining({
        kind: 'usage',
        code: 'clip-unusable',
        message: `${path} cannot be used: it is in no format that is known; Ogg, WebM, MP4 and IVF are read as they are`,
        cause: expect.objectContaining({ code: 'container-unknown' }),
      }),
    );
  });
});
