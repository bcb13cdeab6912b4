/** What the bridge forwards to whom, and in which form. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { extensionOf } from '../../../../src/rtp/packet.ts';
import { feature } from '../../../../src/jitsi/features.ts';
import {
  bytes,
  extensionId,
  MediaRig,
  opus,
  type RigEndpoint,
  source,
  vp8,
  vp8Delta,
  vp8KeyFrame,
} from './media-rig.ts';

let rig: MediaRig;
let alice: RigEndpoint;
let bob: RigEndpoint;
let carol: RigEndpoint;

beforeEach(async () => {
  rig = new MediaRig();
  [alice, bob, carol] = [await rig.join('alice'), await rig.join('bob'), await rig.join('carol')];
  for (const endpoint of [alice, bob, carol]) endpoint.open();
  alice.setSources(source('audio', 'alice-a0', [1]), source('video', 'alice-v0', [2], [3]));
  bob.setSources(source('audio', 'bob-a0', [11]), source('video', 'bob-v0', [12], [13]));
});
afterEach(() => rig.close());

function speak(from: RigEndpoint, sequenceNumber: number, level = 30): void {
  const ssrc = from === alice ? 1 : 11;
  from.send({ ssrc, payloadType: opus, sequenceNumber, timestamp: sequenceNumber * 960 }, bytes(7, 8, 9), {
    level,
  });
}

function show(from: RigEndpoint, sequenceNumber: number, payload = vp8Delta()): void {
  const ssrc = from === alice ? 2 : 12;
  from.send(
    { ssrc, payloadType: vp8, sequenceNumber, timestamp: sequenceNumber * 3000, marker: true },
    payload,
  );
}

const numbers = ({ rtp }: RigEndpoint): number[] => rtp.map(({ sequenceNumber }) => sequenceNumber);

describe('audio', () => {
  it('goes to everybody but its sender, as it is', () => {
    speak(alice, 65_535);
    speak(alice, 0);
    expect(alice.rtp).toEqual([]);
    for (const receiver of [bob, carol]) {
      expect(receiver.rtp).toMatchObject([
        { ssrc: 1, payloadType: opus, sequenceNumber: 65_535, payload: bytes(7, 8, 9) },
        { ssrc: 1, payloadType: opus, sequenceNumber: 0, timestamp: 0 },
      ]);
    }
  });

  it('is not forwarded when nobody signalled its SSRC: that is noted once', () => {
    for (let count = 0; count < 3; count++) alice.send({ ssrc: 99, sequenceNumber: count }, bytes(1));
    expect(bob.rtp).toEqual([]);
    expect(rig.bridge.journal.dropped).toMatchObject([
      { reason: 'unsignalled-ssrc', endpoint: 'alice', detail: 'SSRC 99, payload type 111' },
    ]);
  });

  it('is not forwarded with a payload type of another kind, or none', () => {
    alice.send({ ssrc: 1, payloadType: vp8 }, bytes(1));
    alice.send({ ssrc: 1, payloadType: 77 }, bytes(1));
    expect(bob.rtp).toEqual([]);
    expect(rig.bridge.journal.dropped.map(({ reason }) => reason)).toEqual([
      'unknown-format',
      'unknown-format',
    ]);
  });

  it('is not what came with the SSRC of another', () => {
    bob.send({ ssrc: 1 }, bytes(1));
    expect(carol.rtp).toEqual([]);
  });

  it('ends when its source is removed, and begins when it is added', () => {
    alice.setSources();
    speak(alice, 1);
    expect(bob.rtp).toEqual([]);
    alice.setSources(source('audio', 'alice-a0', [1]));
    speak(alice, 2);
    expect(numbers(bob)).toEqual([2]);
  });

  it('is left out when it is silent for long, and leaves no gap in the numbers', () => {
    for (let number = 1; number <= 6; number++) speak(alice, number, 127);
    speak(alice, 7, 40);
    speak(alice, 8, 127);
    expect(numbers(bob)).toEqual([1, 2, 3, 4, 5]);
    expect(bob.rtp.map(({ timestamp }) => timestamp)).toEqual([1, 2, 3, 7, 8].map((number) => number * 960));
  });

  it('leaves the gap where a packet was lost', () => {
    speak(alice, 1);
    speak(alice, 3);
    speak(alice, 2);
    expect(numbers(bob)).toEqual([1, 3, 2]);
  });

  it('is not forwarded from those whom the focus has muted, until it lets them', () => {
    alice.local.setForceMuted('audio', true);
    speak(alice, 1);
    expect(bob.rtp).toEqual([]);
    alice.local.setForceMuted('audio', false);
    speak(alice, 2);
    expect(numbers(bob)).toEqual([2]);
  });

  it('goes to those who subscribe to it', () => {
    const heardBy = (subscription: object): string[] => {
      carol.say({ colibriClass: 'ReceiverAudioSubscription', ...subscription });
      const before = carol.rtp.length;
      speak(alice, 1);
      speak(bob, 1);
      return carol.rtp.slice(before).map(({ ssrc }) => (ssrc === 1 ? 'alice' : 'bob'));
    };
    expect(heardBy({ all: true })).toEqual(['alice', 'bob']);
    expect(heardBy({ all: true, exclude: ['alice-a0'] })).toEqual(['bob']);
    expect(heardBy({ include: ['alice-a0'] })).toEqual(['alice']);
    expect(heardBy({ include: ['alice-a0', 'bob-a0'], exclude: ['bob-a0'] })).toEqual(['alice']);
    expect(heardBy({})).toEqual([]);
  });

  it('does not go to those who were offered none', async () => {
    const deaf = await rig.join('deaf', { features: [feature.video] });
    speak(alice, 1);
    expect(deaf.rtp).toEqual([]);
  });

  it('of a visitor goes nowhere', async () => {
    const visitor = await rig.join('visitor', { isVisitor: true });
    visitor.setSources(source('audio', 'visitor-a0', [21]));
    visitor.send({ ssrc: 21 }, bytes(1));
    expect(bob.rtp).toEqual([]);
  });

  it('goes to nobody who has left', () => {
    speak(alice, 1);
    bob.local.expire();
    speak(alice, 2);
    expect(numbers(bob)).toEqual([1]);
    expect(numbers(carol)).toEqual([1, 2]);
  });
});

describe('video', () => {
  it('is forwarded to those who asked for it, from a key frame on', () => {
    show(alice, 1, vp8KeyFrame());
    bob.want();
    show(alice, 2);
    expect(bob.rtp).toEqual([]);
    expect(alice.of('pli')).toEqual([{ type: 'pli', senderSsrc: rig.bridgeSsrc, mediaSsrc: 2 }]);
    show(alice, 3, vp8KeyFrame());
    show(alice, 4);
    expect(numbers(bob)).toEqual([3, 4]);
    expect(carol.rtp).toEqual([]);
  });

  it('asks for a key frame again and again, but not more often than each 200 ms', () => {
    bob.want();
    for (let elapsed = 0; elapsed < 1000; elapsed += 20) {
      show(alice, elapsed / 20);
      rig.clock.advance(20);
    }
    expect(alice.of('pli')).toHaveLength(5);
  });

  it('that was stopped goes on without a gap in the numbers', () => {
    bob.want();
    show(alice, 10, vp8KeyFrame());
    show(alice, 11);
    bob.want({ constraints: { 'alice-v0': { maxHeight: 0 } } });
    for (let number = 12; number < 50; number++) show(alice, number);
    bob.want({ constraints: { 'alice-v0': { maxHeight: 180 } } });
    show(alice, 50);
    show(alice, 51, vp8KeyFrame());
    show(alice, 52);
    expect(numbers(bob)).toEqual([10, 11, 12, 13]);
    expect(bob.rtp.at(-1)).toMatchObject({ timestamp: 52 * 3000, ssrc: 2 });
    // From before the beginning.
    show(alice, 49);
    expect(bob.rtp).toHaveLength(4);
  });

  it('is not repeated when its sender repeats itself', () => {
    bob.want();
    show(alice, 10, vp8KeyFrame());
    show(alice, 11);
    show(alice, 11);
    expect(numbers(bob)).toEqual([10, 11]);
  });

  it('without payload is a probe, and leaves no gap', () => {
    bob.want();
    show(alice, 1, vp8KeyFrame());
    show(alice, 2, bytes());
    show(alice, 3);
    expect(numbers(bob)).toEqual([1, 2]);
  });

  it('that is said not to be sent is not forwarded', () => {
    bob.want();
    show(alice, 1, vp8KeyFrame());
    alice.say({ colibriClass: 'SourceVideoTypeMessage', sourceName: 'alice-v0', videoType: 'none' });
    show(alice, 2);
    alice.say({ colibriClass: 'SourceVideoTypeMessage', sourceName: 'alice-v0', videoType: 'camera' });
    show(alice, 3, vp8KeyFrame());
    expect(numbers(bob)).toEqual([1, 2]);
    expect(bob.heard('ForwardedSources').map(({ forwardedSources }) => forwardedSources)).toEqual([
      [],
      ['alice-v0'],
      [],
      ['alice-v0'],
    ]);
  });
});

describe('a receiver whose transport is not connected', () => {
  it('gets nothing; once it is, videos begin with key frames that are asked for at once', async () => {
    const dave = (await rig.join('dave', { state: 'connecting' })).open();
    dave.want();
    show(alice, 1, vp8KeyFrame());
    show(alice, 2);
    speak(alice, 1);
    rig.clock.advance(1000);
    expect([dave.rtp, alice.of('pli')]).toEqual([[], []]);
    expect(dave.heard('ForwardedSources').at(-1)).toMatchObject({ forwardedSources: ['alice-v0', 'bob-v0'] });

    dave.transport.handlers.stateChanged('connected');
    expect(alice.of('pli')).toMatchObject([{ mediaSsrc: 2 }]);
    expect(bob.of('pli')).toMatchObject([{ mediaSsrc: 12 }]);
    show(alice, 3);
    show(alice, 4, vp8KeyFrame());
    show(alice, 5);
    speak(alice, 2);
    expect(dave.rtp.map(({ ssrc, sequenceNumber }) => [ssrc, sequenceNumber])).toEqual([
      [2, 4],
      [2, 5],
      [1, 2],
    ]);
    expect(alice.of('pli')).toHaveLength(1);
  });
});

describe('header extensions', () => {
  it('are the audio level and the receiver’s own count; of the sender’s nothing else', () => {
    alice.send({ ssrc: 1, extensions: [{ id: extensionId.mid, value: bytes(48) }] }, bytes(1), { level: 30 });
    speak(alice, 2);
    speak(bob, 1);
    const ids = carol.rtp.map(({ extensions }) => extensions.map(({ id }) => id));
    expect(ids[0]).toEqual([extensionId.audioLevel, extensionId.transportSequence]);
    const counts = carol.rtp.map((packet) => {
      const [high = 0, low = 0] = extensionOf(packet, extensionId.transportSequence) ?? [];
      return high * 256 + low;
    });
    const [first = 0] = counts;
    expect(counts).toEqual([first, first + 1, first + 2].map((count) => count & 0xffff));
    expect(extensionOf(carol.rtp[0] ?? never(), extensionId.audioLevel)).toEqual(bytes(30));
  });

  it('are the time of sending for video, where there is no transport-wide feedback', async () => {
    const dave = (await rig.join('dave', { features: [feature.audio, feature.video] })).open();
    dave.want();
    rig.clock.advance(500);
    show(alice, 1, vp8KeyFrame());
    speak(alice, 1);
    const [video, audio] = dave.rtp;
    // 1 000 500 ms are 1000.5 s; of the seconds 6 bits are left.
    expect(extensionOf(video ?? never(), extensionId.absSendTime)).toEqual(
      bytes(((1000 % 64) << 2) | 2, 0, 0),
    );
    expect(audio?.extensions.map(({ id }) => id)).toEqual([extensionId.audioLevel]);
  });
});

function never(): never {
  throw new Error('there is no such packet');
}
