import { describe, expect, it } from 'vitest';
import type { ReceivedPacket } from '../../../../../src/rtp/receive/types.ts';
import { fakeSessionMedia, opus, vp8Packet } from '../../../../support/fake-rtp.ts';
import { audio, Rig, set, video } from './remote-sources-rig.ts';

describe('what comes from a participant', () => {
  const spoken = (sequenceNumber: number, time: number): ReceivedPacket => ({
    ...vp8Packet(31, sequenceNumber, true),
    codec: opus,
    timestamp: time * 48,
    arrival: 1_000 + time,
    read: 1_000 + time,
    payload: Uint8Array.of(0xf8, 1),
  });

  it('has numbers that go up from one session to the next', async () => {
    const rig = new Rig();
    rig.sources.offered(set([audio('ab', 31)]));
    const frames = rig.track('ab-a0').frames();
    const packets = rig.track('ab-a0').packets();
    // The second goes on with the sender's numbers, the third has a bridge's own.
    for (const [session, numbers] of [[65_534, 65_535, 65_536], [4, 5], [3]].entries()) {
      const { media, rtp } = fakeSessionMedia();
      rig.sources.carriedBy(media);
      for (const number of numbers) rtp.handlers?.packet(spoken(number, session * 100 + number));
    }
    const expected = [65_534, 65_535, 65_536, 65_536 + 4, 65_536 + 5, 2 * 65_536 + 3];
    for (const stream of [frames, packets])
      for (const sequenceNumber of expected)
        expect((await stream.next()).value).toMatchObject({ sequenceNumber });
  });

  it('was captured when its reports say, sound and picture by the same clock', async () => {
    const rig = new Rig();
    const { media, rtp } = fakeSessionMedia();
    rig.sources.offered(set([audio('ab', 31), video('ab', 32)]));
    rig.sources.carriedBy(media);
    const [sound, picture] = [rig.track('ab-a0').frames(), rig.track('ab-v0').frames()];
    const report = (ssrc: number, rtpTimestamp: number): void =>
      rtp.handlers?.reported(ssrc, { ntp: { seconds: 5, fraction: 0 }, rtpTimestamp, arrival: 1_000 });
    report(31, 0);
    report(32, 0);
    rtp.handlers?.packet(spoken(1, 40));
    // What is seen comes 100 ms after what was heard at the same time.
    rtp.handlers?.packet({ ...vp8Packet(32, 1, true), timestamp: 40 * 90, arrival: 1_140, read: 1_140 });
    for (const stream of [sound, picture]) {
      expect((await stream.next()).value).toMatchObject({ captureTime: 1_040 });
      rig.sources.carriedBy(undefined);
    }
  });

  it('was captured no earlier for it that a datagram was read late, and may have come before', async () => {
    const rig = new Rig();
    const { media, rtp } = fakeSessionMedia();
    rig.sources.offered(set([audio('ab', 31)]));
    rig.sources.carriedBy(media);
    const frames = rig.track('ab-a0').frames();
    // The loop was busy for 60 ms before the third: nobody knows when in it that came.
    for (const [index, late] of [0, 0, 30, 0].entries()) {
      const read = 1_020 + index * 20;
      rtp.handlers?.packet({ ...spoken(index + 1, (index + 1) * 20), arrival: read - late, read });
    }
    for (const captureTime of [1_020, 1_040, 1_060, 1_080])
      expect((await frames.next()).value).toMatchObject({ captureTime });
  });
});
