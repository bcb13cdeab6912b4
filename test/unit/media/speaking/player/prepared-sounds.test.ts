/** What is next is opened in time, also where sounds are shorter than what is read ahead. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { FakeAudioConference } from '../../../../support/fake-audio-track.ts';
import { type Rig, rig, sound, untilStarted } from './rig.ts';

const patience = { timeout: 20_000 };

/** A second; opening it takes 300 ms. */
async function* slow({ clock }: Rig, first: number): AsyncGenerator<Uint8Array> {
  await new Promise<void>((resolve) => void clock.schedule(300, resolve));
  yield sound(50, first);
}

/** ms between two packets, each once */
function pauses({ conference }: Rig): number[] {
  const { times } = conference.track;
  return [...new Set(times.slice(1).map((time, index) => time - (times[index] ?? 0)))];
}

it('plays short sounds one after the other without a gap', async () => {
  const all = rig();
  for (const first of [0, 50, 100, 150]) all.player.enqueue(slow(all, first));
  await all.pass(4_400);
  expect(all.told.at(-1)).toBe('queueEnded');
  expect([all.conference.track.frames.length, pauses(all)]).toEqual([200, [20]]);
});

it('has no gap before what is queued while the end of the one before is sent', async () => {
  const all = rig();
  all.player.enqueue(sound(50));
  await untilStarted(all);
  await all.pass(200);
  all.player.enqueue(slow(all, 50));
  await all.pass(2_000);
  expect([all.conference.track.frames.length, pauses(all)]).toEqual([100, [20]]);
});

it.each<[string, (all: Rig) => unknown]>([
  ['from the first round on', ({ player }) => (player.loop = 'one')],
  [
    'with others in the queue',
    ({ player }) => {
      player.loop = 'one';
      player.enqueue(sound(1, 99));
    },
  ],
  [
    'when it is told to while it plays',
    async (all) => {
      all.conference.track.setReady(true);
      await untilStarted(all);
      all.player.loop = 'one';
    },
  ],
])('opens what is looped again while it plays: %s', async (_, loop) => {
  let requests = 0;
  await using server = createServer((_request, response) => {
    requests += 1;
    response.end(sound(50));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  // All of it is read before its first packet is sent.
  const all = rig({ allowPrivate: true }, new FakeAudioConference({ isReady: false }));
  all.player.play(`http://127.0.0.1:${port}/`);
  await expect.poll(() => requests, patience).toBe(1);
  await all.pass(100);
  await loop(all);
  all.conference.track.setReady(true);
  await untilStarted(all);
  // No time passes.
  await expect.poll(() => requests, patience).toBe(2);
  all.player.close();
  server.closeAllConnections();
});
