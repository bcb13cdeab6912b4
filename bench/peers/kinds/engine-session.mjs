/** A media session for a peer connection that uses nothing of ours above the engine, once the other peer is there too. */
import { setTimeout as sleep } from 'node:timers/promises';
import { joinSession } from '../../../dist/index.js';

export const label = 'JVB data channel';
export const protocol = 'http://jitsi.org/protocols/colibri';

/** Bytes in the engine's queue from which a sender waits, and to which it waits: as they are fastest. */
export const highWater = 64 * 1024;
export const lowWater = 16 * 1024;

export async function engineSession({ host, room, nick }) {
  const { endpointId, session } = await joinSession({
    host,
    room,
    nick,
    media: false,
    sessionTimeout: 30_000,
  });
  return { id: endpointId, session };
}

/** Rejects when the channel does not open in time. */
export async function inTime(opened) {
  const late = sleep(30_000, undefined, { ref: false }).then(() => {
    throw new Error('the data channel did not open');
  });
  await Promise.race([opened, late]);
}
