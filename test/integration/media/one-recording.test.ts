/** A recording as one file, by ffmpeg from the files of its sources; judged by what ffmpeg decodes of it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { builtInClip } from '../../../src/media/clips/load-clip.ts';
import { videoConfig } from '../../../src/media/recording/codec-config.ts';
import { createContainer } from '../../../src/media/recording/container.ts';
import { composeFiles, mixFiles } from '../../../src/media/recording/one-file.ts';
import type { RecordedFile } from '../../../src/media/recording/timeline.ts';

const evil = `Ada: '%{localtime}' [x],;\\ \u{1f600}\nsecond`;

let directory: string;
let files: RecordedFile[];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "one: 'recording'-"));
  files = [
    await fileOf('audio', 'ada', 0.5, 100),
    await fileOf('video', 'ada', 1, 60),
    await fileOf('audio', 'bob', 4, 100),
  ];
  return () => rmSync(directory, { recursive: true });
});

async function fileOf(
  kind: 'audio' | 'video',
  participant: string,
  offset: number,
  frames: number,
): Promise<RecordedFile> {
  const clip = await builtInClip(kind === 'audio' ? 'speech' : 'picture');
  const codec = kind === 'audio' ? 'opus' : 'vp8';
  const path = join(directory, `${participant}-${kind}.webm`);
  const bytes: { data: Uint8Array; position: number }[] = [];
  const config = kind === 'video' ? videoConfig('vp8', clip.frames[0]?.data ?? new Uint8Array(0)) : undefined;
  const sink = { write: (data: Uint8Array, position: number) => void bytes.push({ data, position }) };
  const file = await createContainer('webm', codec, config, sink);
  const step = kind === 'audio' ? 20 : 1000 / 30;
  for (const [index, frame] of clip.frames.slice(0, frames).entries())
    await file.add([{ data: frame.data, at: index * step, duration: step, keyFrame: frame.keyFrame }]);
  await file.finish();
  const size = Math.max(...bytes.map(({ data, position }) => position + data.length));
  const whole = new Uint8Array(size);
  for (const { data, position } of bytes) whole.set(data, position);
  writeFileSync(path, whole);
  const name = participant === 'ada' ? evil : participant;
  const facts = { path, participant, name, source: `${participant}-x0`, kind, codec, offset };
  return { ...facts, duration: (frames * step) / 1000, bytes: size };
}

/** Loudness of a part, as a mean of squares of 16 bits. */
function loudness(path: string, from: number, length: number): number {
  const args = ['-v', 'error', '-i', path, '-vn', '-ac', '1', '-ar', '8000', '-f', 's16le', '-'];
  const { stdout } = spawnSync('ffmpeg', args, { maxBuffer: 1e8 });
  const samples = new Int16Array(stdout.buffer, stdout.byteOffset, stdout.length >> 1);
  const part = samples.subarray(from * 8000, (from + length) * 8000);
  return part.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, part.length);
}

function durationOf(path: string): number {
  const args = ['-v', 'error', '-show_entries', 'format=duration', '-of', 'csv=p=0', path];
  return Number(spawnSync('ffprobe', args, { encoding: 'utf8' }).stdout);
}

/** The mean brightness of a part of one picture, 0 to 255. */
function brightness(path: string, at: number, crop: string): number {
  const args = [
    '-v',
    'error',
    '-i',
    path,
    '-ss',
    String(at),
    '-frames:v',
    '1',
    '-vf',
    `crop=${crop},format=gray`,
  ];
  const { stdout } = spawnSync('ffmpeg', [...args, '-f', 'rawvideo', '-'], { maxBuffer: 1e8 });
  return stdout.reduce((sum, value) => sum + value, 0) / Math.max(1, stdout.length);
}

describe('one file', () => {
  it('has the sound of all, each in its time', async () => {
    const path = (await mixFiles(directory, files)) ?? '';
    onTestFinished(() => rmSync(path));
    expect(durationOf(path)).toBeCloseTo(6, 1);
    expect(loudness(path, 0, 0.4)).toBeLessThan(10);
    expect(loudness(path, 0.6, 1.8)).toBeGreaterThan(1_000);
    expect(loudness(path, 2.7, 1.2)).toBeLessThan(10);
    expect(loudness(path, 4.1, 1.8)).toBeGreaterThan(1_000);
  });

  it('shows everybody in their place and time, with their names as they are', async () => {
    const warnings: unknown[] = [];
    const path = (await composeFiles(directory, files, 6, (error) => warnings.push(error))) ?? '';
    onTestFinished(() => rmSync(path));
    expect(warnings).toEqual([]);
    expect(durationOf(path)).toBeCloseTo(6, 1);
    expect(loudness(path, 0.6, 1.8)).toBeGreaterThan(1_000);
    // Two places beside each other: the picture of the first from 1 s to 3 s, none of the second.
    const [first, second] = ['400:200:120:200', '400:200:760:200'];
    const dark = brightness(path, 0.2, first);
    expect(brightness(path, 2, first)).toBeGreaterThan(dark + 20);
    expect(Math.abs(brightness(path, 2, second) - dark)).toBeLessThan(5);
    expect(Math.abs(brightness(path, 4.5, first) - dark)).toBeLessThan(5);
    // Their names, while they are there.
    expect(brightness(path, 5, '40:30:654:675')).not.toBeCloseTo(brightness(path, 1, '40:30:654:675'), 0);
  });

  it('is not left half done, and not written over another', async () => {
    const broken = join(directory, 'broken.webm');
    writeFileSync(broken, 'not media');
    onTestFinished(() => rmSync(broken));
    const [file] = files;
    if (!file) throw new Error('there is one');
    await expect(mixFiles(directory, [{ ...file, path: broken }])).rejects.toMatchObject({
      code: 'ffmpeg-failed',
    });
    expect(readdirSync(directory)).not.toContain('mix.ogg');
    expect(await mixFiles(directory, [])).toBeUndefined();
  });
});
