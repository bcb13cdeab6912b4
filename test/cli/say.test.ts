/** `jcli say`: what is piped into it is heard by somebody else. */
import { describe, expect, it } from 'vitest';
import { join, type RemoteTrack } from '../../src/index.ts';
import { createOpusDecoder } from '../../src/media/opus/decoder.ts';
import { wavHeader } from '../../src/media/sound/wav-header.ts';
import { jcli, startSandbox } from '../support/jcli.ts';
import { nextEvent } from '../support/next-event.ts';
import { tone, toneShare } from '../support/sound.ts';
import { waitFor } from '../support/wait.ts';

/** ms by this machine's clock */
const now = (): number => performance.timeOrigin + performance.now();

interface Heard {
  samples: number[];
  /** ms by this machine's clock, of frames that are loud. */
  times: number[];
}

/** Decodes what comes on a track, until it ends. */
async function hear(track: RemoteTrack, heard: Heard): Promise<void> {
  const decoder = await createOpusDecoder({ sampleRate: 48_000, channels: 1 });
  for await (const { audioLevel, data } of track.frames()) {
    if ((audioLevel?.level ?? 127) < 60) heard.times.push(now());
    heard.samples.push(...decoder.decode(data));
  }
  decoder.close();
}

/** A second of 440 Hz. */
const sound = (sampleRate: number): Int16Array => tone({ frequency: 440, sampleRate, length: sampleRate });
const bytesOf = (samples: Int16Array): Buffer =>
  Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);

describe('jcli say', () => {
  it.each([
    [
      'WAV',
      ['--json'],
      Buffer.concat([wavHeader({ sampleRate: 22_050, channels: 1 }), bytesOf(sound(22_050))]),
      22_050,
    ],
    ['samples', ['--json', '--rate', '24000'], bytesOf(sound(24_000)), 24_000],
  ])('speaks %s from stdin, and leaves', async (_, flags, input, sampleRate) => {
    const { url } = await startSandbox();
    await using hearer = await join({ host: url, room: 'room', nick: 'hearer' });
    const program = jcli(['say', `${url}/room`, '--nick', 'robot', ...flags]);
    const [{ track }] = await Promise.all([
      nextEvent(hearer, 'trackAdded'),
      // Or the beginning would be missing.
      nextEvent(hearer, 'transportConnected'),
    ]);
    const heard: Heard = { samples: [], times: [] };
    const hearing = hear(track, heard);
    await program.waitForObject({ type: 'ready' });
    const written = now();
    program.process.stdin?.end(input);
    expect(await program.waitForExit()).toEqual({ code: 0, signal: null });
    await hearing;
    const summary = JSON.parse(program.lines.at(-1) ?? '') as object;
    expect(summary).toMatchObject({ type: 'summary', sampleRate, channels: 1, seconds: 1, spoken: 1 });
    const middle = heard.samples.slice(9600, 38_400);
    expect(middle).toHaveLength(28_800);
    expect(toneShare(middle, 440, 48_000)).toBeGreaterThan(0.9);
    const delay = (heard.times[0] ?? Infinity) - written;
    console.log(`a tone by say is heard after ${Math.round(delay)} ms`);
    expect(program.stderr).toBe('');
  });

  it('speaks as it comes, and is interrupted by Ctrl-C', async () => {
    const { url } = await startSandbox();
    await using hearer = await join({ host: url, room: 'room', nick: 'hearer' });
    const program = jcli(['say', `${url}/room`, '--rate', '16000', '--json']);
    const [{ track }] = await Promise.all([
      nextEvent(hearer, 'trackAdded'),
      // Or the beginning would be missing.
      nextEvent(hearer, 'transportConnected'),
    ]);
    const heard: Heard = { samples: [], times: [] };
    const hearing = hear(track, heard);
    await program.waitForObject({ type: 'ready' });
    const delays: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const written = now();
      program.process.stdin?.write(bytesOf(sound(16_000).subarray(0, 3200)));
      const first = await waitFor(() => heard.times.find((time) => time > written), { what: 'sound' });
      delays.push(first - written);
      await waitFor(() => now() - (heard.times.at(-1) ?? 0) > 300, { what: 'silence' });
    }
    console.log(`tones by say are heard after ${delays.map(Math.round).join(', ')} ms`);
    // Of a busy machine, the best.
    expect(Math.min(...delays)).toBeLessThan(150);
    program.process.kill('SIGINT');
    expect(await program.waitForExit()).toEqual({ code: 130, signal: null });
    await hearing;
    expect(JSON.parse(program.lines.at(-1) ?? '')).toMatchObject({ type: 'summary', seconds: 1 });
  });

  it.each([
    ['what is no WAV', 'this is not a sound at all, is it?'],
    ['nothing', ''],
  ])('refuses %s, before anybody has come', async (_, input) => {
    const { url } = await startSandbox();
    const program = jcli(['say', `${url}/room`, '--json']);
    program.process.stdin?.on('error', () => {}).end(input);
    expect(await program.waitForExit()).toEqual({ code: 2, signal: null });
    expect(JSON.parse(program.errorLines.at(-1) ?? '')).toMatchObject({ type: 'error', code: 'say-input' });
  });

  it.each([
    ['channels without a rate', ['--channels', '2'], 'say-flags'],
    ['an odd rate', ['--rate', 'fast'], 'invalid-argument'],
    ['three channels', ['--rate', '16000', '--channels', '3'], 'invalid-argument'],
    ['an engine without media', ['--engine', 'node-datachannel'], 'engine-no-media'],
  ])('refuses %s before it joins', async (_, flags, error) => {
    const program = jcli(['say', 'https://meet.invalid/room', '--json', ...flags]);
    expect(await program.waitForExit()).toEqual({ code: 2, signal: null });
    expect(JSON.parse(program.errorLines.at(-1) ?? '')).toMatchObject({ type: 'error', code: error });
  });

  it('waits for somebody as long as it is told', async () => {
    const { url } = await startSandbox();
    const program = jcli(['say', `${url}/room`, '--rate', '16000', '--timeout', '3s', '--json']);
    program.process.stdin?.on('error', () => {}).end(bytesOf(sound(16_000)));
    expect(await program.waitForExit()).toEqual({ code: 6, signal: null });
    expect(JSON.parse(program.lines.at(-1) ?? '')).toMatchObject({
      type: 'summary',
      seconds: 0,
      spoken: 0,
      packets: 0,
    });
  });
});
