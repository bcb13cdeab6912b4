/** `jcli listen` between separate processes: what somebody says, as samples and as a WAV file. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { join as joinRoom } from '../../src/index.ts';
import { WavReader } from '../../src/media/sound/wav-reader.ts';
import { jcli, jcliPath, startSandbox } from '../support/jcli.ts';
import { Program } from '../support/process.ts';

interface Summary {
  type: string;
  seconds: number;
  heard: number;
  dropped: number;
  encrypted: string[];
  bytes: number;
}

function lastOf(lines: readonly string[]): Summary {
  return JSON.parse(lines.at(-1) ?? '') as Summary;
}

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'jitsi-headless-listen-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

/** Samples of a file, as a player takes them: as many as its header says. */
function play(path: string): { samples: Int16Array; sampleRate: number } {
  const reader = new WavReader();
  const samples = reader.push(readFileSync(path));
  return { samples, sampleRate: reader.format?.sampleRate ?? 0 };
}

/** Of one frequency in the samples: its part of all there is, 0 to 1. */
function shareOf(frequency: number, samples: Int16Array, sampleRate: number): number {
  let [cosine, sine, power] = [0, 0, 0];
  for (const [index, sample] of samples.entries()) {
    const angle = (2 * Math.PI * frequency * index) / sampleRate;
    cosine += sample * Math.cos(angle);
    sine += sample * Math.sin(angle);
    power += sample * sample;
  }
  return (2 * (cosine * cosine + sine * sine)) / samples.length / Math.max(1, power);
}

describe('jcli listen', () => {
  it('writes a WAV file of whom it was asked for, and tells how it went', async () => {
    const { url } = await startSandbox();
    const path = join(directory(), 'alice.wav');
    const wanted = ['--from', 'alice', '--rate', '44100', '--output', path];
    const listener = jcli(['listen', `${url}/hall`, ...wanted, '--duration', '40s', '--json']);
    await listener.waitForObject({ type: 'joined' }).catch(() => {});
    const tone = jcli(['media', `${url}/hall`, '--nick', 'alice', '--send-audio', '--json']);
    await listener.waitForObject({ type: 'listening', from: 'alice' });
    await listener.waitFor(
      () =>
        listener.objects.some(({ level, type }) => type === 'progress' && Number(level) < 30) ? 1 : undefined,
      'sound',
    );
    await listener.waitFor(
      () =>
        listener.objects.filter(({ level, type }) => type === 'progress' && Number(level) < 30).length > 3
          ? 1
          : undefined,
      'seconds of sound',
    );
    // Alice leaves, and so does who listens to her.
    tone.process.kill('SIGINT');
    expect(await listener.waitForExit()).toEqual({ code: 0, signal: null });
    const summary = lastOf(listener.lines);
    expect(summary).toMatchObject({ type: 'summary', from: 'alice', path, dropped: 0 });
    expect(summary.heard).toBeGreaterThan(2);
    const { sampleRate, samples } = play(path);
    expect([sampleRate, samples.length * 2]).toEqual([44_100, summary.bytes]);
    const second = samples.subarray(-3 * sampleRate, -2 * sampleRate);
    const share = shareOf(440, second, sampleRate);
    console.info(
      `${summary.heard} of ${summary.seconds} s heard; ${(100 * share).toFixed(1)} % of a second is 440 Hz`,
    );
    expect(share).toBeGreaterThan(0.9);
  });

  it('writes samples to a pipe, and leaves a file that can be played when it is killed', async () => {
    const { url } = await startSandbox('--robots', '1');
    const path = join(directory(), 'killed.wav');
    const killed = jcli(['listen', `${url}/demo`, '--output', path, '--json']);
    const piped = new Program('sh', [
      '-c',
      `"$0" "$1" listen "$2" --channels 2 --duration 15s --json | head -c 400000 | wc -c`,
      process.execPath,
      jcliPath,
      `${url}/demo`,
    ]);
    onTestFinished(() => void piped.stop('SIGKILL'));
    await killed.waitFor(
      () => killed.objects.find(({ seconds, type }) => type === 'progress' && Number(seconds) >= 3),
      'three seconds',
    );
    killed.process.kill('SIGKILL');
    await killed.waitForExit();
    const { sampleRate, samples } = play(path);
    expect(sampleRate).toBe(48_000);
    expect(samples.length).toBeGreaterThanOrEqual(2 * 48_000);
    expect(await piped.waitForExit()).toEqual({ code: 0, signal: null });
    expect(piped.stdout.trim()).toBe('400000');
  });

  it('whose reader is seconds late has the end of somebody who has left', async () => {
    const { url } = await startSandbox();
    const flags = ['--from', 'alice', '--rate', '44100', '--channels', '2', '--json'];
    const listener = spawn(process.execPath, [jcliPath, 'listen', `${url}/hall`, ...flags]);
    onTestFinished(() => void listener.kill('SIGKILL'));
    const words = createInterface({ input: listener.stderr })[Symbol.asyncIterator]();
    const told = async (type: string): Promise<Record<string, unknown>> => {
      for (let line = await words.next(); line.done !== true; line = await words.next()) {
        const object = JSON.parse(line.value) as Record<string, unknown>;
        if (object['type'] === type) return object;
      }
      throw new Error(`it ended without ${type}`);
    };
    await told('joined');
    const tone = jcli(['media', `${url}/hall`, '--nick', 'alice', '--send-audio', '--json']);
    await told('listening');
    const from = Date.now();
    await tone.waitForObject({ type: 'transport', state: 'connected' });
    // Nobody reads: a pipe holds a fraction of a second.
    await pause(4_000);
    const lasted = (Date.now() - from) / 1_000;
    tone.process.kill('SIGINT');
    await told('participant-left');
    await pause(1_000);
    let bytes = 0;
    listener.stdout.on('data', (data: Buffer) => (bytes += data.length));
    const summary = (await told('summary')) as unknown as Summary;
    await once(listener, 'close');
    expect(summary.seconds + summary.dropped).toBeGreaterThan(lasted - 0.5);
    expect(bytes).toBe(summary.bytes);
  });

  it('says who cannot be heard', async () => {
    const { url } = await startSandbox();
    const listener = jcli(['listen', `${url}/hall`, '--output', join(directory(), 'all.wav'), '--json']);
    await listener.waitForObject({ type: 'joined' });
    const carol = await joinRoom(`${url}/hall`, { nick: 'carol', properties: { 'e2ee.enabled': 'true' } });
    onTestFinished(() => carol.leave());
    const track = carol.addTrack({ kind: 'audio' });
    track.unmute();
    const speaking = setInterval(() => {
      track.send({ data: Uint8Array.of(0xfc, ...new Uint8Array(80)), timestamp: performance.now() });
    }, 20);
    onTestFinished(() => clearInterval(speaking));
    await listener.waitForErrorLine(/carol .*end-to-end encrypted/);
    await carol.leave();
    listener.process.kill('SIGINT');
    await listener.waitForExit();
    expect(lastOf(listener.lines)).toMatchObject({ encrypted: ['carol'] });
    expect(listener.errorLines.filter((line) => line.includes('encrypted'))).toHaveLength(1);
  });

  it.each([
    [['--rate', '7000'], /8000 to 192000/],
    [['--channels', '3'], /1 or 2 is expected/],
    [['--output', '/nowhere/at/all.wav'], /opening the sound file/],
    [['--engine', 'node-datachannel', '--output', 'x.wav'], /carries data only/],
  ])('refuses %s before it joins', async (flags, words) => {
    const program = jcli(['listen', 'https://meet.invalid/room', ...flags]);
    expect(await program.waitForExit()).toEqual({ code: 2, signal: null });
    expect(program.stderr).toMatch(words);
  });
});
