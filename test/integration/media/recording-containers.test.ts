/** What is in a file at any moment: judged by ffprobe, which nobody here wrote. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { builtInClip } from '../../../src/media/clips/load-clip.ts';
import { videoConfig } from '../../../src/media/recording/codec-config.ts';
import {
  type ContainerFile,
  type ContainerName,
  containerFor,
  createContainer,
} from '../../../src/media/recording/container.ts';

class Bytes {
  #bytes = new Uint8Array(0);

  write(data: Uint8Array, position: number): void {
    const grown = new Uint8Array(Math.max(this.#bytes.length, position + data.length));
    grown.set(this.#bytes);
    grown.set(data, position);
    this.#bytes = grown;
  }

  get copy(): Uint8Array {
    return this.#bytes.slice();
  }
}

interface Probed {
  /** s */
  duration: number;
  packets: number;
  keyFrames: number;
  /** What ffprobe complains of. */
  complaints: string;
}

function probe(bytes: Uint8Array, extension: string): Probed {
  const folder = mkdtempSync(join(tmpdir(), 'container-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, `file.${extension}`);
  writeFileSync(path, bytes);
  const args = ['-v', 'warning', '-show_packets', '-show_format', '-of', 'json', path];
  const { stderr: complaints, stdout } = spawnSync('ffprobe', args, { encoding: 'utf8' });
  const report = JSON.parse(stdout) as {
    packets: { flags: string }[];
    format: { duration: string };
  };
  return {
    duration: Number(report.format.duration),
    packets: report.packets.length,
    keyFrames: report.packets.filter(({ flags }) => flags.startsWith('K')).length,
    complaints,
  };
}

async function begin(container: ContainerName, kind: 'audio' | 'video') {
  const clip = await builtInClip(kind === 'audio' ? 'speech' : 'picture');
  const [first] = clip.frames;
  const config = kind === 'video' && first ? videoConfig('vp8', first.data) : undefined;
  const bytes = new Bytes();
  const file: ContainerFile = await createContainer(
    container,
    kind === 'audio' ? 'opus' : 'vp8',
    config,
    bytes,
  );
  const step = kind === 'audio' ? 20 : 1000 / 30;
  let count = 0;
  const add = async (frames: number): Promise<void> => {
    for (let index = 0; index < frames; index++) {
      const frame = clip.frames[count % clip.frames.length];
      if (!frame) return;
      await file.add([{ data: frame.data, at: count * step, duration: step, keyFrame: frame.keyFrame }]);
      count += 1;
    }
  };
  return { file, bytes, add, step };
}

const kinds = [
  ['webm', 'audio'],
  ['webm', 'video'],
  ['mp4', 'audio'],
  ['mp4', 'video'],
  ['ogg', 'audio'],
] as const;

describe('a file', () => {
  it.each(kinds)(
    'in %s of %s is whole when its process is killed, and when it is finished',
    async (container, kind) => {
      const { add, bytes, file, step } = await begin(container, kind);
      // Less than a cluster, then more of them: one that grows has no size yet.
      for (const [frames, all] of [
        [100, 100],
        [500, 600],
      ] as const) {
        await add(frames);
        await file.sync(all * step);
        const killed = probe(bytes.copy, container);
        expect(killed.complaints).toBe('');
        // A page of Ogg waits until it is full, half a second.
        expect(killed.packets).toBeGreaterThanOrEqual(container === 'ogg' ? all - 50 : all);
        if (container !== 'ogg') expect(killed.duration).toBeCloseTo((all * step) / 1000, 2);
      }
      await file.finish();
      const finished = probe(bytes.copy, container);
      expect(finished).toMatchObject({ complaints: '', packets: 600 });
      expect(finished.duration).toBeCloseTo((600 * step) / 1000, 1);
      if (kind === 'video') expect(finished.keyFrames).toBe(20);
    },
  );

  it('has the container that its codec can be in', () => {
    expect(containerFor('h264', 'webm')).toBe('mp4');
    expect(containerFor('vp9', 'ogg')).toBe('webm');
    expect(containerFor('opus', 'ogg')).toBe('ogg');
    expect(containerFor('av1', 'mp4')).toBe('mp4');
  });
});
