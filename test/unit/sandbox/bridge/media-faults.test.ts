/** What goes wrong on the way, and that it is repaired. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MediaDirection } from '../../../../src/sandbox/bridge/media/media-faults.ts';
import { bridgeFaults } from '../../../../src/sandbox/faults/bridge-faults.ts';
import {
  bytes,
  MediaRig,
  type RigEndpoint,
  source,
  vp8,
  vp8Delta,
  vp8KeyFrame,
  vp8Rtx,
} from './media-rig.ts';

let rig: MediaRig;
let alice: RigEndpoint;
let bob: RigEndpoint;

beforeEach(async () => {
  rig = new MediaRig();
  [alice, bob] = [(await rig.join('alice')).open(), (await rig.join('bob')).open()];
  alice.setSources(source('audio', 'alice-a0', [1]), source('video', 'alice-v0', [2], [3]));
});
afterEach(() => rig.close());

function speak(count: number, start = 0): void {
  for (let packet = start; packet < start + count; packet++) {
    alice.send({ ssrc: 1, sequenceNumber: packet }, bytes(1));
  }
}

const numbers = (): number[] => bob.rtp.map(({ sequenceNumber }) => sequenceNumber);

describe('loss', () => {
  it.each(['up', 'down'] as const)('takes its part of what goes %s', (direction) => {
    rig.bridge.mediaFaults.loss[direction] = 0.2;
    speak(2000);
    expect(bob.rtp.length).toBeGreaterThan(1500);
    expect(bob.rtp.length).toBeLessThan(1700);
  });

  it.each([
    ['up', 1, 0],
    ['down', 0, 1],
    ['both', 1, 1],
    [undefined, 1, 1],
  ] as const)('is turned on by the fault for %s, and off again', (direction, up, down) => {
    const faults = bridgeFaults({ bridge: rig.bridge, setBridgeAvailable() {} });
    faults.mediaLoss(1, direction);
    expect(rig.bridge.mediaFaults.loss).toEqual({ up, down });
    speak(1);
    expect(bob.rtp).toEqual([]);
    faults.mediaLoss(0, direction);
    speak(1, 1);
    expect(numbers()).toEqual([1]);
    expect(() => faults.mediaLoss(1, 'sideways' as MediaDirection)).toThrow(
      expect.objectContaining({ code: 'invalid-direction' }),
    );
    expect(() => faults.mediaLoss(2)).toThrow(expect.objectContaining({ code: 'invalid-fraction' }));
  });

  it('takes RTCP too, and ends', () => {
    rig.bridge.mediaFaults.loss.down = 1;
    speak(1);
    rig.clock.advance(1000);
    expect(bob.rtp).toEqual([]);
    expect(alice.rtcp).toEqual([]);
    rig.bridge.mediaFaults.loss.down = 0;
    rig.bridge.mediaFaults.loss.up = 1;
    alice.sendRtcp({ type: 'pli', senderSsrc: 1, mediaSsrc: 2 });
    rig.bridge.mediaFaults.loss.up = 0;
    speak(1, 1);
    expect(numbers()).toEqual([1]);
  });

  it('of video is repaired by NACKs on both legs', () => {
    bob.want();
    Object.assign(rig.bridge.mediaFaults, { loss: { up: 0.1, down: 0.1 }, delay: 25 });
    let rtxSequence = 0;
    const sent = new Map<number, Uint8Array>();
    const have = new Set<number>();
    let answered = 0;
    let taken = 0;
    for (let step = 0; step < 3000; step++) {
      if (step < 2500) {
        const payload = step === 0 || alice.of('pli').length > 0 ? vp8KeyFrame() : vp8Delta();
        sent.set(step, payload);
        alice.send({ ssrc: 2, payloadType: vp8, sequenceNumber: step, timestamp: step * 3000 }, payload);
      }
      rig.clock.advance(10);
      // The sender answers NACKs.
      const nacks = alice.of('nack');
      for (const { sequenceNumbers } of nacks.slice(answered)) {
        for (const number of sequenceNumbers) {
          const payload = bytes(number >> 8, number & 0xff, ...(sent.get(number) ?? []));
          alice.send(
            { ssrc: 3, payloadType: vp8Rtx, sequenceNumber: rtxSequence++, timestamp: number * 3000 },
            payload,
          );
        }
      }
      answered = nacks.length;
      // The receiver asks for what it misses.
      for (const { payload, sequenceNumber, ssrc } of bob.rtp.slice(taken)) {
        have.add(ssrc === 2 ? sequenceNumber : (payload[0] ?? 0) * 256 + (payload[1] ?? 0));
      }
      taken = bob.rtp.length;
      const missing: number[] = [];
      const [first, last] = [Math.min(...have), Math.max(...have)];
      for (let number = first; number < last; number++) if (!have.has(number)) missing.push(number);
      if (step % 10 === 0 && missing.length > 0) {
        bob.sendRtcp({ type: 'nack', senderSsrc: 7, mediaSsrc: 2, sequenceNumbers: missing });
      }
    }
    const first = Math.min(...have);
    expect(first).toBeLessThan(100);
    for (let number = first; number < 2490; number++) expect(have).toContain(number);
  });
});

it('a downlink that is none is refused, before anything is reckoned with it', () => {
  const faults = bridgeFaults({ bridge: rig.bridge, setBridgeAvailable() {} });
  bob.want();
  for (const wrong of [Number.NaN, -1, 'x' as unknown as number]) {
    expect(() => faults.downlink(wrong)).toThrow(expect.objectContaining({ code: 'invalid-rate' }));
  }
  expect(rig.bridge.mediaFaults.downlink).toBe(Infinity);
  faults.downlink(0);
  expect(bob.heard('ForwardedSources').at(-1)).toMatchObject({ forwardedSources: [] });
  faults.downlink(Infinity);
  expect(bob.heard('ForwardedSources').at(-1)).toMatchObject({ forwardedSources: ['alice-v0'] });
});

describe('delay', () => {
  it('holds packets up on both legs, in their order', () => {
    rig.bridge.mediaFaults.delay = 50;
    speak(3);
    rig.clock.advance(99);
    expect(bob.rtp).toEqual([]);
    rig.clock.advance(1);
    expect(numbers()).toEqual([0, 1, 2]);
    speak(1, 3);
    rig.bridge.mediaFaults.delay = 0;
    speak(1, 4);
    rig.clock.advance(100);
    expect(numbers()).toEqual([0, 1, 2, 3, 4]);
  });

  it('that varies lets them overtake each other', () => {
    Object.assign(rig.bridge.mediaFaults, { delay: 10, jitter: 50 });
    speak(20);
    rig.clock.advance(120);
    expect(numbers()).toHaveLength(20);
    expect(numbers()).not.toEqual([...numbers()].sort((one, other) => one - other));
  });

  it('leaves nothing behind when an endpoint is gone', () => {
    const timers = rig.clock.pending;
    for (const jitter of [0, 50]) {
      Object.assign(rig.bridge.mediaFaults, { delay: 1000, jitter });
      speak(2);
    }
    expect(rig.clock.pending).toBeGreaterThan(timers);
    alice.local.expire();
    bob.local.expire();
    expect(rig.clock.pending).toBe(timers);
  });
});
