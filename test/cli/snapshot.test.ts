/** `jcli snapshot` of a robot of the sandbox, in processes of their own. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ffmpegOutput } from '../../src/media/ffmpeg/run-ffmpeg.ts';
import { jcli, startSandbox } from '../support/jcli.ts';
import type { Program } from '../support/process.ts';

function folder(): string {
  const directory = mkdtempSync(join(tmpdir(), 'jitsi-headless-snapshot-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

/** Red, green and blue of the middle of each colour bar at the top of the robots' picture. */
async function barsOf(data: Uint8Array): Promise<number[][]> {
  const raw = await ffmpegOutput({
    purpose: 'to test',
    inputs: [{ data }],
    output: ['-vf', 'crop=iw:ih/10:0:0,scale=7:1:flags=area', '-f', 'rawvideo', '-pix_fmt', 'rgb24'],
  });
  return Array.from({ length: 7 }, (_, bar) => [...raw.subarray(bar * 3, bar * 3 + 3)]);
}

/** White, yellow, cyan, green, magenta, red, blue: each colour is there or not. */
const bars = [
  [true, true, true],
  [true, true, false],
  [false, true, true],
  [false, true, false],
  [true, false, true],
  [true, false, false],
  [false, false, true],
];

async function expectRobot(data: Uint8Array): Promise<void> {
  const seen = (await barsOf(data)).map((bar) => bar.map((level) => level > 95));
  expect(seen).toEqual(bars);
}

async function errorOf(program: Program): Promise<unknown> {
  await program.waitForExit();
  return JSON.parse(program.errorLines.at(-1) ?? '') as unknown;
}

describe('jcli snapshot', () => {
  it('takes a WebP of VP8 without ffmpeg, and writes it whole', async () => {
    const { url } = await startSandbox('--robots', '1');
    const directory = folder();
    const path = join(directory, 'robot.webp');
    const env = { PATH: directory };
    const program = jcli(['snapshot', `${url}/demo`, '--from', 'robot-1', '--output', path, '--json'], {
      env,
    });
    expect(await program.waitForExit(), program.stderr).toEqual({ code: 0, signal: null });
    const data = readFileSync(path);
    expect(program.objects).toEqual([
      {
        type: 'snapshot',
        path,
        format: 'webp',
        width: 640,
        height: 360,
        bytes: data.length,
        participant: 'robot-1',
        endpointId: expect.any(String),
        source: expect.stringMatching(/-v0$/),
        at: expect.any(Number),
      },
    ]);
    expect(readdirSync(directory)).toEqual(['robot.webp']);
    await expectRobot(data);
  });

  it('takes other formats through ffmpeg, smaller on demand, and writes them to a pipe', async () => {
    const { url } = await startSandbox('--robots', '1');
    const path = join(folder(), 'robot.png');
    const small = jcli(['snapshot', `${url}/demo`, '--output', path, '--max-height', '180', '--json']);
    expect(await small.waitForExit(), small.stderr).toEqual({ code: 0, signal: null });
    expect(small.objects).toMatchObject([{ format: 'png', width: 320, height: 180 }]);
    await expectRobot(readFileSync(path));
    const piped = jcli(['snapshot', `${url}/demo`, '--output', '-', '--format', 'jpeg', '--json']);
    const chunks: Buffer[] = [];
    piped.process.stdout
      .setEncoding('latin1')
      .on('data', (text: string) => chunks.push(Buffer.from(text, 'latin1')));
    expect(await piped.waitForExit(), piped.stderr).toEqual({ code: 0, signal: null });
    await expectRobot(Buffer.concat(chunks));
    expect(JSON.parse(piped.errorLines.at(-1) ?? '')).toMatchObject({
      type: 'snapshot',
      path: null,
      format: 'jpeg',
    });
  });

  it('says what cannot be before it joins', async () => {
    const nowhere = 'https://meet.invalid/room';
    const directory = folder();
    const wrong = [
      [jcli(['snapshot', nowhere, '--output', 'a.gif', '--json']), 'picture-format'],
      [
        jcli(['snapshot', nowhere, '--output', join(directory, 'no', 'a.webp'), '--json']),
        'output-unwritable',
      ],
      [
        jcli(['snapshot', nowhere, '--output', join(directory, 'a.png'), '--json'], {
          env: { PATH: directory },
        }),
        'ffmpeg-missing',
      ],
    ] as const;
    for (const [program, code] of wrong) {
      expect(await errorOf(program)).toMatchObject({ type: 'error', code, kind: 'usage' });
      expect((await program.waitForExit()).code).toBe(2);
      expect(program.stdout).toBe('');
    }
  });

  it('gives up when nobody is seen in time, and when it is interrupted', async () => {
    const { url } = await startSandbox('--robots', '1');
    const directory = folder();
    const flags = ['--output', join(directory, 'a.webp'), '--json'];
    const late = jcli(['snapshot', `${url}/demo`, '--from', 'alice', '--timeout', '3s', ...flags]);
    expect(await errorOf(late)).toMatchObject({
      code: 'no-video',
      message: expect.stringContaining('alice'),
    });
    expect((await late.waitForExit()).code).toBe(6);
    const stopped = jcli(['snapshot', `${url}/demo`, '--screen', '--output', join(directory, 'a.webp')]);
    await stopped.waitForErrorLine(/waiting for somebody/);
    stopped.process.kill('SIGINT');
    expect((await stopped.waitForExit()).code).toBe(130);
    expect(readdirSync(directory)).toEqual([]);
  });
});
