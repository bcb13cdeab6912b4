/** A player in virtual time, and what it sends. */
import { setImmediate as turn } from 'node:timers/promises';
import { expect, onTestFinished } from 'vitest';
import { AudioPlayer } from '../../../../../src/media/speaking/player/audio-player.ts';
import type { AudioPlayerOptions } from '../../../../../src/media/speaking/player/player-options.ts';
import { FakeAudioConference } from '../../../../support/fake-audio-track.ts';
import { ManualClock } from '../../../../support/manual-clock.ts';
import { oggOpus } from '../../../../support/ogg.ts';

/** Packets of 20 ms whose second byte is their number. */
export const sound = (count: number, first = 0): Buffer =>
  oggOpus(Array.from({ length: count }, (_, index) => Buffer.from([0x08, first + index, 1])));

export interface Rig {
  clock: ManualClock;
  player: AudioPlayer;
  conference: FakeAudioConference;
  told: string[];
  /** Lets time pass in steps of 20 ms, and in between all that is read be read. */
  pass(ms: number): Promise<void>;
  /** Numbers of the packets, with their times. */
  sent(): string;
}

export function rig(
  options: AudioPlayerOptions = {},
  conference: FakeAudioConference = new FakeAudioConference(),
): Rig {
  const clock = new ManualClock(1000);
  const player = new AudioPlayer({ clock, ...options });
  onTestFinished(() => player.close());
  player.attach(conference);
  const told: string[] = [];
  for (const event of ['started', 'finished', 'paused', 'resumed', 'underrun'] as const)
    player.on(event, (what) =>
      told.push(event === 'finished' && 'skipped' in what && what.skipped ? 'skipped' : event),
    );
  player.on('failed', ({ error }) =>
    told.push(`failed ${'code' in error ? String(error.code) : error.message}`),
  );
  player.on('queueEnded', () => told.push('queueEnded'));
  return {
    clock,
    player,
    conference,
    told,
    async pass(ms) {
      for (let passed = 0; passed < ms; passed += 20) {
        await settle();
        clock.advance(20);
      }
      await settle();
    },
    sent: () => conference.track.frames.map(({ data, timestamp }) => `${data[1]}@${timestamp}`).join(' '),
  };
}

/** What is in memory, or in a small file, is read. */
async function settle(): Promise<void> {
  for (let round = 0; round < 50; round += 1) await turn();
}

/** Until its first frame is sent. */
export async function untilStarted({ clock, told, player }: Rig): Promise<void> {
  while (!told.includes('started') && !told.includes('queueEnded')) {
    await turn();
    if (player.current) clock.advance(0);
  }
  expect(told).toContain('started');
}
