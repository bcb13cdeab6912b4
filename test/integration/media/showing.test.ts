/** Films and pictures that are shown in one process and seen in another. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Conference, join, type RemoteFrame, type RemoteTrack } from '../../../src/index.ts';
import { ffmpegOutput } from '../../../src/media/ffmpeg/run-ffmpeg.ts';
import { showPicture, showVideo, snapshot } from '../../../src/media/index.ts';
import { createSandbox } from '../../../src/sandbox/index.ts';
import { Program } from '../../support/process.ts';

const run = { purpose: 'to test', timeout: 120_000 };
const testPicture = { lavfi: 'testsrc=size=320x180:rate=25' };
const sine = { lavfi: 'sine=frequency=440' };

/** Two seconds each, a key frame a second. */
const films: Readonly<Record<string, readonly string[]>> = {
  'vp8.webm': [
    '-c:v',
    'libvpx',
    '-deadline',
    'realtime',
    '-auto-alt-ref',
    '0',
    '-c:a',
    'libopus',
    '-f',
    'webm',
  ],
  'vp9.webm': ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-auto-alt-ref', '0', '-an', '-f', 'webm'],
  'h264.mp4': [
    '-c:v',
    'libx264',
    '-profile:v',
    'baseline',
    '-c:a',
    'aac',
    '-movflags',
    '+frag_keyframe+empty_moov',
    '-f',
    'mp4',
  ],
  'av1.mp4': [
    '-c:v',
    'libsvtav1',
    '-preset',
    '12',
    '-an',
    '-movflags',
    '+frag_keyframe+empty_moov',
    '-f',
    'mp4',
  ],
};

async function makeFilm(name: string): Promise<Uint8Array> {
  const output = ['-t', '2', '-pix_fmt', 'yuv420p', '-g', '25', ...(films[name] ?? [])];
  return await ffmpegOutput({ ...run, inputs: [testPicture, sine], output });
}

async function room(): Promise<{ url: string; viewer: Conference }> {
  const sandbox = await createSandbox();
  onTestFinished(() => sandbox.close());
  const url = `${sandbox.url}/cinema`;
  const viewer = await join(url, { nick: 'viewer' });
  onTestFinished(() => viewer.leave());
  viewer.requestVideo(720);
  return { url, viewer };
}

/** The next track of this kind that comes. */
function nextTrack(viewer: Conference, kind: 'audio' | 'video'): Promise<RemoteTrack> {
  return new Promise((resolve) => {
    const off = viewer.on('trackAdded', ({ track }) => {
      if (track.kind !== kind) return;
      off();
      resolve(track);
    });
  });
}

async function framesOf(track: RemoteTrack): Promise<RemoteFrame[]> {
  const frames: RemoteFrame[] = [];
  for await (const frame of track.frames()) frames.push(frame);
  return frames;
}

describe('films', () => {
  it('are shown as they are encoded: WebM with VP8 and sound, with VP9, MP4 with H264 and AV1', async () => {
    const directory = mkdtempSync(joinPath(tmpdir(), 'jitsi-headless-films-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const names = Object.keys(films);
    for (const name of names) writeFileSync(joinPath(directory, name), await makeFilm(name));
    const { url, viewer } = await room();
    const seen: { video: RemoteFrame[]; audio: RemoteFrame[] }[] = [];
    const reading: Promise<void>[] = [];
    viewer.on('trackAdded', ({ track }) => {
      if (track.kind === 'video') seen.push({ video: [], audio: [] });
      const film = seen.at(-1);
      reading.push(framesOf(track).then((frames) => void film?.[track.kind].push(...frames)));
    });
    const script = joinPath(import.meta.dirname, '../../support/film-shower.mjs');
    await using shower = new Program(process.execPath, [
      script,
      url,
      ...names.map((name) => joinPath(directory, name)),
    ]);
    expect((await shower.waitForExit()).code, shower.stderr).toBe(0);
    await Promise.all(reading);
    expect(shower.objects.filter(({ type }) => type === 'shown')).toEqual([
      { type: 'shown', codec: 'vp8', sound: true },
      { type: 'shown', codec: 'vp9', sound: false },
      // AAC is not sent as it is.
      { type: 'shown', codec: 'h264', sound: false },
      { type: 'shown', codec: 'av1', sound: false },
    ]);
    expect(
      seen.map(({ video }) => [video[0]?.codec, video[0]?.width, video[0]?.height, video[0]?.keyFrame]),
    ).toEqual(['vp8', 'vp9', 'h264', 'av1'].map((codec) => [codec, 320, 180, true]));
    for (const { video } of seen) {
      // What was sent before the bridge knew that somebody looks is not here.
      expect(video.length).toBeGreaterThan(20);
      const ticks = video.map(({ rtpTimestamp }) => rtpTimestamp);
      for (const [index, tick] of ticks.slice(1).entries())
        expect((tick - (ticks[index] ?? 0)) >>> 0).toBeLessThan(900_000);
    }
    expect(seen[0]?.audio.length).toBeGreaterThan(20);
    // H264 has its parameter sets, or nobody could decode it.
    const data = seen[2]?.video.map((frame) => frame.data) ?? [];
    const raw = await ffmpegOutput({
      ...run,
      inputs: [{ options: ['-f', 'h264'], data }],
      output: ['-vf', 'scale=32:18', '-fps_mode', 'passthrough', '-pix_fmt', 'gray', '-f', 'rawvideo'],
    });
    expect(raw.length / (32 * 18)).toBe(data.length);
  });

  it('are refused where they cannot be sent, and nothing is announced', async () => {
    const { url } = await room();
    const conference = await join(url, { nick: 'films' });
    onTestFinished(() => conference.leave());
    const encode = (...output: string[]): Promise<Uint8Array> =>
      ffmpegOutput({ ...run, inputs: [testPicture, sine], output: ['-t', '1', ...output] });
    const mpeg4 = await encode('-c:v', 'mpeg4', '-an', '-movflags', '+frag_keyframe+empty_moov', '-f', 'mp4');
    await expect(showVideo(conference, mpeg4)).rejects.toMatchObject({ kind: 'usage', code: 'video-codec' });
    const sound = await encode('-vn', '-c:a', 'libopus', '-f', 'webm');
    await expect(showVideo(conference, sound)).rejects.toMatchObject({ code: 'video-codec' });
    const silent = await encode('-c:v', 'libvpx', '-an', '-f', 'webm');
    await expect(showVideo(conference, silent, { sound: true })).rejects.toMatchObject({
      code: 'sound-codec',
    });
    await expect(
      showVideo(
        conference,
        (async function* () {
          yield silent;
          await Promise.resolve();
        })(),
        { loop: true },
      ),
    ).rejects.toMatchObject({ code: 'media-not-seekable' });
    expect(conference.localTracks).toEqual([]);
  });
});

describe('a picture', () => {
  it('is shown until the next one is, on demand with a key frame', async () => {
    const { url, viewer } = await room();
    const conference = await join(url, { nick: 'slides' });
    onTestFinished(() => conference.leave());
    const picture = (color: string, ...encoder: string[]): Promise<Uint8Array> =>
      ffmpegOutput({
        ...run,
        inputs: [{ lavfi: `color=${color}:size=641x361` }],
        output: ['-frames:v', '1', ...encoder, '-f', 'image2pipe'],
      });
    const coming = nextTrack(viewer, 'video');
    const shown = await showPicture(conference, await picture('red', '-c:v', 'png'), { maxHeight: 180 });
    const track = await coming;
    expect(track.videoType).toBe('desktop');
    const colorOf = async (): Promise<string> => {
      const { data, height, width } = await snapshot(track, {
        format: 'png',
        maxHeight: 180,
        timeout: 60_000,
      });
      expect([width, height]).toEqual([320, 180]);
      const [red = 0, green = 0, blue = 0] = await ffmpegOutput({
        ...run,
        inputs: [{ options: ['-f', 'png_pipe'], data }],
        output: ['-vf', 'scale=1:1:flags=area', '-pix_fmt', 'rgb24', '-f', 'rawvideo'],
      });
      return [red, green, blue].map((level) => (level > 128 ? '1' : '0')).join('');
    };
    expect(await colorOf()).toBe('100');
    await shown.show(await picture('blue', '-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p'));
    expect(await colorOf()).toBe('001');
    await expect(shown.show(Buffer.from('no picture'))).rejects.toMatchObject({ code: 'picture-unknown' });
    expect(await colorOf()).toBe('001');
    shown.stop();
    await shown.done;
    await expect(shown.show(new Uint8Array(3))).rejects.toMatchObject({ code: 'showing-over' });
    expect(conference.localTracks).toEqual([]);
  });
});
