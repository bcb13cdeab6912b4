import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, describe, expect, it } from 'vitest';
import { addMediaFlags, type MediaFlags } from '../../../../src/cli/media/flags.ts';
import { type MediaPlan, planMedia } from '../../../../src/cli/media/plan.ts';
import { ivf, vp8Frame } from '../../../support/ivf.ts';
import { oggOpus } from '../../../support/ogg.ts';

const directory = mkdtempSync(join(tmpdir(), 'jitsi-headless-plan-'));
afterAll(() => rmSync(directory, { recursive: true }));
const video = join(directory, 'v.ivf');
const audio = join(directory, 'a.ogg');
writeFileSync(video, ivf([{ time: 0, data: vp8Frame(true) }], { width: 64, height: 48 }));
writeFileSync(audio, oggOpus([Buffer.from([0x08, 1])]));

function parsed(args: readonly string[]): { url: string | undefined; flags: MediaFlags } {
  const command = addMediaFlags(new Command('media'))
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  command.parse(args, { from: 'user' });
  return { url: command.args[0], flags: command.opts() };
}

function plan(...args: string[]): Promise<MediaPlan> {
  const { url, flags } = parsed(args);
  return planMedia(url, flags);
}

describe('the flags of media', () => {
  it('have defaults', () => {
    const { flags } = parsed(['https://h/r']);
    expect(flags).toMatchObject({ maxHeight: 720, bridge: 'auto', engine: 'auto' });
    expect(flags).not.toHaveProperty('lastN');
    expect(flags).not.toHaveProperty('codec');
  });

  it('take numbers and names', () => {
    const { flags } = parsed(['--max-height', '-1', '--last-n', '0', '--codec', 'VP9,vp8']);
    expect(flags).toMatchObject({ maxHeight: -1, lastN: 0, codec: ['vp9', 'vp8'] });
  });

  it.each([
    ['--max-height', 'high'],
    ['--max-height', '-2'],
    ['--max-height', '99999'],
    ['--last-n', 'x'],
    ['--codec', 'opus'],
    ['--codec', 'vp8,vp8'],
    ['--codec', ''],
    ['--engine', 'pion'],
  ])('refuse %s %j', (...args) => {
    expect(() => parsed(args)).toThrow(expect.objectContaining({ code: 'commander.invalidArgument' }));
  });
});

describe('what media sends', () => {
  it('is nothing unless it was asked for', async () => {
    expect(await plan('https://h/r')).toEqual({ url: 'https://h/r', clips: [] });
  });

  it('is the built-in clips without files', async () => {
    const { url, clips } = await plan('https://h/r', '--send-video', '--send-audio');
    expect(url).toBe('https://h/r');
    expect(clips).toMatchObject([
      { kind: 'video', codec: 'vp8', width: 640 },
      { kind: 'audio', codec: 'opus', duration: 2020 },
    ]);
  });

  it('are files', async () => {
    const { clips } = await plan('https://h/r', '--send-video', video, '--send-audio', audio);
    expect(clips).toMatchObject([
      { kind: 'video', width: 64 },
      { kind: 'audio', duration: 20 },
    ]);
  });

  it.each([
    [['--send-video', 'https://h/r']],
    [['--send-audio', '--send-video', 'http://127.0.0.1:8080/r']],
    [['--send-video', 'meet.example.com/r']],
    [['--send-video', video, '--send-audio', 'meet.example.com/r']],
  ])('is no meeting: %j', async (args) => {
    const { url, clips } = await plan(...args);
    expect(url).toBe(args.at(-1));
    expect(clips.length).toBeGreaterThan(0);
  });

  it.each([
    ['over an engine for data', ['https://h/r', '--engine', 'node-datachannel'], 'engine-no-media'],
    ['a meeting twice', ['https://h/r', '--send-video', 'https://h/s'], 'media-flags'],
    ['a meeting and a host', ['--host', 'h', '--send-video', 'https://h/s'], 'media-flags'],
    ['a file that is not there', ['https://h/r', '--send-video', join(directory, 'none')], 'clip-unreadable'],
    ['the wrong kind of file', ['https://h/r', '--send-video', audio], 'clip-unusable'],
    ['the other wrong kind', ['https://h/r', '--send-audio', video], 'clip-unusable'],
  ])('cannot be %s', async (_, args, code) => {
    await expect(plan(...args)).rejects.toThrow(expect.objectContaining({ kind: 'usage', code }));
  });
});
