import { expect, it } from 'vitest';
import type { EncodedAudio, Media } from '../../../../../src/media/container/media.ts';
import { ContainerSound } from '../../../../../src/media/speaking/player/container-sound.ts';

/** A chain of packets of 20 ms, all of which are at hand. */
function chainOf(packets: number): { media: Media; audio: EncodedAudio } {
  let index = 0;
  const read: EncodedAudio['read'] = async () =>
    index < packets
      ? { data: Uint8Array.of(0x08, 1, 1), at: 20 * index++, duration: 20, keyFrame: true }
      : undefined;
  const audio: EncodedAudio = {
    codec: 'opus',
    channels: 1,
    sampleRate: 48_000,
    read,
    seek: () => Promise.reject(new Error('it is a chain')),
    async *[Symbol.asyncIterator]() {
      for (let frame = await read(); frame; frame = await read()) yield frame;
    },
  };
  const close = (): void => {};
  return { media: { format: 'ogg', audio, isSeekable: false, close, [Symbol.dispose]: close }, audio };
}

it('lets others have their turn while it looks for a place in a long chain', async () => {
  const { audio, media } = chainOf(20_000);
  let turns = 0;
  let isOpen = false;
  const turn = (): void => {
    turns += 1;
    if (!isOpen) setImmediate(turn);
  };
  setImmediate(turn);
  const sound = await ContainerSound.open(media, audio, 300_000);
  isOpen = true;
  expect((await sound.read())?.at).toBe(300_000);
  // 15 000 packets are passed over.
  expect(turns).toBeGreaterThan(15);
});
