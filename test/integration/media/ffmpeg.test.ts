/** ffmpeg as a process of ours: what goes in and comes out, how it ends, and that it never outlives us. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type FfmpegRun, ffmpegOutput, runFfmpeg } from '../../../src/media/ffmpeg/run-ffmpeg.ts';
import { Program } from '../../support/process.ts';
import { waitFor } from '../../support/wait.ts';

const clip = readFileSync(join(import.meta.dirname, '../../../clips/picture.ivf'));
const user = join(import.meta.dirname, '../../support/ffmpeg-user.mjs');

/** A test picture, without end. */
const endless: FfmpegRun = {
  purpose: 'to test',
  inputs: [{ lavfi: 'testsrc=size=320x180' }],
  output: ['-f', 'rawvideo'],
};

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('ffmpeg', () => {
  it('reads bytes and writes bytes', async () => {
    const png = await ffmpegOutput({
      purpose: 'to test',
      inputs: [{ options: ['-f', 'ivf'], data: clip }],
      output: ['-frames:v', '1', '-f', 'image2pipe', '-c:v', 'png'],
    });
    expect(Buffer.from(png.subarray(1, 4)).toString()).toBe('PNG');
  });

  it('reads several inputs at once', async () => {
    const input = { options: ['-f', 'ivf'], data: [clip.subarray(0, 5000), clip.subarray(5000)] };
    const raw = await ffmpegOutput({
      purpose: 'to test',
      inputs: [input, { options: ['-f', 'ivf'], data: clip }],
      output: ['-filter_complex', '[0:v][1:v]hstack', '-frames:v', '1', '-f', 'rawvideo', '-pix_fmt', 'gray'],
    });
    expect(raw.length).toBe(2 * 640 * 360);
  });

  it('holds its input back while nobody reads', async () => {
    let given = 0;
    async function* frames(): AsyncGenerator<Uint8Array> {
      for (;;) {
        given += 1;
        yield new Uint8Array(320 * 180);
        await Promise.resolve();
      }
    }
    const data = frames();
    const options = ['-f', 'rawvideo', '-pix_fmt', 'gray', '-s', '320x180'];
    await using running = runFfmpeg({
      purpose: 'to test',
      inputs: [{ options, data }],
      output: ['-f', 'rawvideo'],
    });
    const output = running[Symbol.asyncIterator]();
    await output.next();
    let last = -1;
    // It takes what fits into it and into pipes, and no more.
    await waitFor(
      async () => {
        if (given === last) return true;
        last = given;
        await new Promise((resolve) => setTimeout(resolve, 500));
        return false;
      },
      { what: 'an end of what is taken' },
    );
    expect(given).toBeLessThan(2_000);
    await output.return?.();
  });

  it('says what went wrong in its own words', async () => {
    const broken = {
      ...endless,
      inputs: [{ options: ['-f', 'ivf'], data: Buffer.from('no IVF at all'.repeat(10)) }],
    };
    await expect(ffmpegOutput(broken)).rejects.toMatchObject({
      code: 'ffmpeg-failed',
      kind: 'media',
      message: expect.stringMatching(/^ffmpeg was run to test, and ended with \d+; it said: .+/),
    });
  });

  it('opens no file and no address that its input names', async () => {
    const secret = import.meta.filename;
    const playlist = Buffer.from(`ffconcat version 1.0\nfile 'file:${secret}'\n`);
    const inputs = [{ options: ['-f', 'concat', '-safe', '0'], data: playlist }];
    await expect(ffmpegOutput({ ...endless, inputs })).rejects.toMatchObject({
      code: 'ffmpeg-failed',
      message: expect.stringContaining("'file' not on whitelist 'pipe'"),
    });
  });

  it('is given none of our secrets', async () => {
    process.env['JCLI_TOKEN'] = 'secret';
    onTestFinished(() => void delete process.env['JCLI_TOKEN']);
    await using running = runFfmpeg({ ...endless, inputs: [{ options: ['-re'], lavfi: 'testsrc' }] });
    expect(readFileSync(`/proc/${running.pid}/environ`, 'utf8')).not.toContain('secret');
  });

  it('ends with its input when that fails, by the same error', async () => {
    const failure = new Error('the source broke');
    async function* broken(): AsyncGenerator<Uint8Array> {
      await Promise.resolve();
      yield clip.subarray(0, 1000);
      throw failure;
    }
    const inputs = [{ options: ['-f', 'ivf'], data: broken() }];
    await expect(ffmpegOutput({ ...endless, inputs })).rejects.toBe(failure);
  });

  it('ends when it takes too long, writes too much, or is told to', async () => {
    await expect(
      ffmpegOutput({ ...endless, inputs: [{ options: ['-re'], lavfi: 'testsrc=rate=1' }], timeout: 100 }),
    ).rejects.toMatchObject({ code: 'ffmpeg-timeout', kind: 'timeout' });
    await expect(ffmpegOutput({ ...endless, maxOutput: 1_000_000 })).rejects.toMatchObject({
      code: 'ffmpeg-output',
    });
    const controller = new AbortController();
    const reason = new Error('enough');
    const reading = ffmpegOutput({ ...endless, maxOutput: Infinity, signal: controller.signal });
    controller.abort(reason);
    await expect(reading).rejects.toBe(reason);
    expect(() => runFfmpeg({ ...endless, signal: controller.signal })).toThrow(reason);
  });

  it('ends with the loop that reads it, and with close()', async () => {
    const read = runFfmpeg(endless);
    for await (const _ of read) break;
    expect(isRunning(read.pid ?? 0)).toBe(false);
    const unread = runFfmpeg(endless);
    await unread.close();
    await unread.close();
    expect(isRunning(unread.pid ?? 0)).toBe(false);
    await expect(unread[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'ffmpeg-closed' });
    expect(process.listenerCount('SIGTERM') + process.listenerCount('SIGHUP')).toBe(0);
  });

  it('keeps what it wrote for who begins to read when it has ended', async () => {
    const running = runFfmpeg({ ...endless, output: ['-frames:v', '1', '-f', 'rawvideo', '-s', '32x18'] });
    await waitFor(() => !isRunning(running.pid ?? 0), { what: 'the end of ffmpeg' });
    let size = 0;
    for await (const { length } of running) size += length;
    expect(size).toBe(32 * 18 * 3);
  });
});

describe('when we end, ffmpeg does', () => {
  it.each([
    ['by SIGTERM', 'read', (program: Program) => program.process.kill('SIGTERM'), 'SIGTERM'],
    ['by SIGINT', 'feed', (program: Program) => program.process.kill('SIGINT'), 'SIGINT'],
    ['by SIGKILL, while it writes', 'read', (program: Program) => program.process.kill('SIGKILL'), 'SIGKILL'],
    ['by SIGKILL, while it reads', 'feed', (program: Program) => program.process.kill('SIGKILL'), 'SIGKILL'],
    ['by process.exit()', 'read', (program: Program) => program.endInput(), null],
  ])('%s', async (_, how, end, signal) => {
    await using program = new Program(process.execPath, [user, how]);
    const pid = Number(await program.waitForLine(/^\d+$/));
    expect(isRunning(pid)).toBe(true);
    end(program);
    expect(await program.waitForExit()).toMatchObject({ signal });
    await waitFor(() => !isRunning(pid), { what: 'the end of ffmpeg' });
  });
});
