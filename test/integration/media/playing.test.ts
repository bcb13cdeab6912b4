/** A player over what happens to conferences: sound that is passed on from room to room, and connections that are lost. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { join } from '../../../src/index.ts';
import { AudioPlayer } from '../../../src/media/index.ts';
import { builtInClip } from '../../../src/media/clips/load-clip.ts';
import { WavReader } from '../../../src/media/sound/wav-reader.ts';
import { jcli, startSandbox } from '../../support/jcli.ts';
import { Program } from '../../support/process.ts';
import { SandboxProcess } from '../../support/sandbox-process.ts';
import { LastMoment, tone } from '../../support/sound.ts';
import { waitFor } from '../../support/wait.ts';

/** Hz */
const [sampleRate, frequency] = [16_000, 440];

function told(player: AudioPlayer): string[] {
  const all: string[] = [];
  for (const event of ['started', 'finished', 'failed', 'underrun', 'queueEnded', 'warning'] as const)
    player.on(event, () => all.push(event));
  return all;
}

it('passes somebody on into another room, until they leave', async () => {
  const { url } = await startSandbox();
  const directory = mkdtempSync(joinPath(tmpdir(), 'jitsi-headless-relay-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = joinPath(directory, 'relayed.wav');
  await using here = await join({ host: url, room: 'here', nick: 'relay' });
  await using there = await join({ host: url, room: 'there', nick: 'relay' });
  const wanted = ['--from', 'relay', '--rate', String(sampleRate), '--output', path];
  const hearer = jcli(['listen', `${url}/there`, ...wanted, '--json']);
  const speaker = jcli(['say', `${url}/here`, '--nick', 'alice', '--rate', String(sampleRate)]);
  speaker.process.stdin.on('error', () => {});
  const samples = tone({ frequency, sampleRate, length: 100 * sampleRate });
  speaker.process.stdin.end(Buffer.from(samples.buffer));
  const alice = await waitFor(
    () => [...here.tracks.values()].find(({ kind, participant }) => kind === 'audio' && participant),
    { what: 'track of Alice' },
  );
  using player = new AudioPlayer();
  const events = told(player);
  player.attach(there);
  expect(player.play(alice).name).toBe(alice.sourceName);
  const isLoud = ({ level, type }: Record<string, unknown>): boolean =>
    type === 'progress' && Number(level) < 30;
  await hearer.waitFor(() => hearer.objects.filter(isLoud).length > 3 || undefined, 'a tone');
  expect(events).toEqual(['started']);

  // She leaves: that is its end.
  speaker.process.kill('SIGINT');
  await player.done;
  expect(events).toEqual(['started', 'finished', 'queueEnded']);
  hearer.process.kill('SIGINT');
  await hearer.waitForExit();
  const heard = new WavReader().push(readFileSync(path));
  const moment = new LastMoment(sampleRate);
  const shares: number[] = [];
  for (let at = 0; at + 8_000 <= heard.length; at += 8_000) {
    moment.push(heard.subarray(at, at + 8_000));
    shares.push(moment.shareOf(frequency));
  }
  expect(Math.max(...shares)).toBeGreaterThan(0.95);
});

it('goes on after a lost connection: the same track, and nothing of its queue is lost', async () => {
  const sandbox = await SandboxProcess.start({});
  onTestFinished(() => sandbox[Symbol.asyncDispose]());
  await using conference = await join({ host: sandbox.url, room: 'room', nick: 'player' });
  const hearer = new Program(process.execPath, [
    'test/support/hearer.mjs',
    JSON.stringify({ url: sandbox.url, room: 'room' }),
  ]);
  onTestFinished(async () => {
    await hearer.stop('SIGKILL');
  });
  await hearer.waitForObject({ type: 'joined' });
  const states: string[] = [];
  conference.on('reconnecting', () => states.push('reconnecting'));
  conference.on('reconnected', () => states.push('reconnected'));
  using player = new AudioPlayer({ loop: 'all' });
  const events = told(player);
  const track = player.attach(conference);
  const clips = ['speech', 'tone'] as const;
  for (const clip of clips) player.enqueue(joinPath(import.meta.dirname, `../../../clips/${clip}.ogg`));
  await hearer.waitForObject({ type: 'frame' });

  await sandbox.fault('restartXmpp', { absence: 1_500 });
  await waitFor(() => states.includes('reconnecting'), { what: 'loss' });
  await waitFor(() => conference.state === 'joined' && track.isReady, { what: 'way back' });
  // The hearer has lost its connection as well.
  const before = hearer.objects.length;
  const heard = (): number[] =>
    hearer.objects
      .slice(before)
      .filter(({ type }) => type === 'frame')
      .map(({ bytes }) => Number(bytes));
  await waitFor(() => heard().length > 50, { what: 'sound after it' });
  player.loop = 'none';
  await player.done;

  // It is tried until the server is there.
  expect(states.filter((state) => state === 'reconnected')).toHaveLength(1);
  expect(player.attach(conference)).toBe(track);
  expect([track.isStopped, track.isReady]).toEqual([false, true]);
  // Each sound from its first packet to its last, in turn.
  const rounds = events.filter((event) => event === 'finished').length;
  expect(rounds).toBeGreaterThanOrEqual(2);
  const each = Array.from({ length: rounds }, () => ['started', 'finished']).flat();
  expect(events.filter((event) => event !== 'underrun')).toEqual([...each, 'queueEnded']);
  const packets = await Promise.all(clips.map(async (clip) => (await builtInClip(clip)).frames));
  const played = Array.from({ length: rounds }, (_, round) => packets[round % 2] ?? []).flat();
  expect(player.framesSent).toBe(played.length);
  const end = played.slice(-25).map(({ data }) => data.length);
  await waitFor(() => heard().slice(-25).join() === end.join(), {
    what: 'end of the sound',
    explain: () => `heard: ${heard().slice(-25).join()}; sent: ${end.join()}`,
  });
});
