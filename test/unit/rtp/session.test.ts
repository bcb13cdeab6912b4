/** Two sessions, each of which receives what the other one sends. */
import { describe, expect, it } from 'vitest';
import type { ReceivedPacket } from '../../../src/rtp/receive/types.ts';
import { parseRtcp } from '../../../src/rtp/rtcp/compound.ts';
import { RtpSession } from '../../../src/rtp/session.ts';
import { type LinkFaults, LossyLink } from '../../support/lossy-link.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { seededRandom } from '../../support/random.ts';
import { audio, frameStart, keyFrameStart, parameters, video } from './receive/rig.ts';

/** A session, the network in front of it, and what came out of it. */
class End {
  readonly session: RtpSession;
  readonly packets: ReceivedPacket[] = [];
  readonly reports: { ssrc: number; rtpTimestamp: number }[] = [];
  readonly keyFrameRequests: number[] = [];
  readonly compounds: Uint8Array[] = [];
  readonly #clock: ManualClock;
  #cancel = (): void => {};

  constructor(clock: ManualClock, localSsrc: number, send: (bytes: Uint8Array, isRtcp: boolean) => void) {
    this.#clock = clock;
    this.session = new RtpSession(
      { parameters, localSsrc, cname: `end ${localSsrc}`, random: seededRandom(localSsrc) },
      {
        packet: (packet) => this.packets.push(packet),
        reported: (ssrc, { rtpTimestamp }) => this.reports.push({ ssrc, rtpTimestamp }),
        keyFrameRequested: (ssrc) => this.keyFrameRequests.push(ssrc),
        available: () => {},
        sendRtp: (header, payload) => send(Uint8Array.from([...header, ...payload]), false),
        sendRtcp: (compound) => {
          this.compounds.push(compound);
          send(compound, true);
        },
      },
    );
  }

  receive(bytes: Uint8Array, isRtcp: boolean): void {
    if (isRtcp) this.session.receiveRtcp(bytes, this.#clock.now());
    else this.session.receiveRtp(bytes, this.#clock.now());
    this.arm();
  }

  arm(): void {
    this.#cancel();
    const due = this.session.nextTimeout();
    if (due === undefined) return;
    this.#cancel = this.#clock.schedule(due - this.#clock.now(), () => {
      this.session.tick(this.#clock.now());
      this.arm();
    });
  }
}

function pair(faults: LinkFaults = {}): { clock: ManualClock; near: End; far: End } {
  const clock = new ManualClock(1_790_000_000_000);
  const random = seededRandom(5);
  type Item = { bytes: Uint8Array; isRtcp: boolean };
  const out = new LossyLink<Item>(clock, random, faults, ({ bytes, isRtcp }) => far.receive(bytes, isRtcp));
  const back = new LossyLink<Item>(clock, random, faults, ({ bytes, isRtcp }) => near.receive(bytes, isRtcp));
  const near: End = new End(clock, 71, (bytes, isRtcp) => out.send({ bytes, isRtcp }));
  const far: End = new End(clock, 72, (bytes, isRtcp) => back.send({ bytes, isRtcp }));
  return { clock, near, far };
}

/** Frames of three packets, the first of them a key frame, for as many seconds. */
function sendVideo(clock: ManualClock, end: End, seconds: number): number {
  let sent = 0;
  for (let frame = 0; frame < seconds * 30; frame++) {
    for (let index = 0; index < 3; index++) {
      const start = frame === 0 ? keyFrameStart : frameStart;
      const packet = {
        payloadType: 100,
        timestamp: frame * 3_000,
        marker: index === 2,
        payload: index === 0 ? start : Uint8Array.of(0, frame, index),
      };
      end.session.send(video.ssrc, packet, clock.now());
      end.arm();
      sent++;
    }
    clock.advance(1000 / 30);
  }
  clock.advance(2_000);
  return sent;
}

describe('a session', () => {
  it('repairs video from end to end, and both know of it', () => {
    const { clock, near, far } = pair({ loss: 0.04, delay: 25 });
    near.session.addSent(video);
    far.session.addReceived(video);
    const sent = sendVideo(clock, near, 10);
    const got = far.session.receivedStatistics(video.ssrc);
    expect(got).toMatchObject({ lost: 0, discarded: 0 });
    expect(got?.recovered).toBeGreaterThan(20);
    expect(far.packets.length).toBeGreaterThan(sent - 4);
    expect(far.packets.some(({ gap }) => gap)).toBe(false);
    const order = far.packets.map(({ sequenceNumber }) => sequenceNumber);
    expect(order).toEqual(order.map((_, index) => (order[0] ?? 0) + index));

    const given = near.session.sentStatistics(video.ssrc);
    expect(given).toMatchObject({ packets: sent });
    expect(given?.retransmitted).toBeGreaterThanOrEqual(got?.recovered ?? NaN);
    expect(given?.lost).toBeGreaterThan(0);
    expect(given?.roundTripTime).toBeCloseTo(50, 0);
    const delivery = near.session.deliveryStatistics(clock.now());
    expect(delivery.roundTripTime).toBeCloseTo(50, 0);
    // Feedback is lost too.
    const { packets } = far.session.transportStatistics;
    expect(delivery.acknowledged).toBeGreaterThan(packets * 0.85);
    expect(delivery.acknowledged).toBeLessThanOrEqual(packets);
    expect(got?.senderReport).toBeDefined();
    expect(far.reports.length).toBeGreaterThan(0);
    expect(new Set(far.reports.map(({ ssrc }) => ssrc))).toContain(got?.ssrc);
  });

  it('passes on requests for key frames', () => {
    const { clock, near, far } = pair({ delay: 10 });
    near.session.addSent(video);
    far.session.addReceived(video);
    sendVideo(clock, near, 1);
    expect(near.keyFrameRequests).toEqual([]);
    far.session.requestKeyFrame(video.ssrc, clock.now());
    far.arm();
    clock.advance(100);
    expect(near.keyFrameRequests).toEqual([video.ssrc]);
  });

  it('begins each compound with a report and a name, unless it is transport-wide feedback', () => {
    const { clock, near, far } = pair({ loss: 0.1, delay: 10 });
    for (const end of [near, far]) {
      end.session.addSent(video);
      end.session.addReceived(video);
    }
    sendVideo(clock, near, 5);
    far.session.requestKeyFrame(video.ssrc, clock.now());
    far.arm();
    clock.advance(100);
    const kinds = new Set(
      [...near.compounds, ...far.compounds].map((bytes) =>
        parseRtcp(bytes)
          .map(({ type }) => type)
          .join(' '),
      ),
    );
    expect(kinds).toContain('sender-report sdes');
    expect(kinds).toContain('receiver-report sdes');
    expect(kinds).toContain('receiver-report sdes nack');
    expect(kinds).toContain('receiver-report sdes pli');
    expect(kinds).toContain('transport-feedback');
    expect(kinds.size).toBe(5);
    const names = [...near.compounds, ...far.compounds]
      .flatMap(parseRtcp)
      .flatMap((packet) => (packet.type === 'sdes' ? packet.chunks : []))
      .map(({ cname }) => cname);
    expect(new Set(names)).toEqual(new Set(['end 71', 'end 72']));
  });

  it('has nothing due when nothing happens, and forgets sources', () => {
    const { clock, near, far } = pair();
    near.session.addSent({ ...audio });
    far.session.addReceived(audio);
    expect(near.session.nextTimeout()).toBeUndefined();
    const packet = { payloadType: 111, timestamp: 0, marker: true, payload: Uint8Array.of(1) };
    near.session.send(audio.ssrc, packet, clock.now());
    near.arm();
    expect(near.session.nextTimeout()).toBeDefined();
    clock.advance(10_000);
    expect(far.packets).toHaveLength(1);
    expect(near.session.nextTimeout()).toBeUndefined();
    expect(far.session.nextTimeout()).toBeUndefined();
    near.session.removeSent(audio.ssrc);
    far.session.removeReceived(audio.ssrc);
    expect(near.session.sentStatistics(audio.ssrc)).toBeUndefined();
    expect(far.session.receivedStatistics(audio.ssrc)).toBeUndefined();
    near.session.send(audio.ssrc, packet, clock.now());
    clock.advance(10);
    expect(far.packets).toHaveLength(1);
  });

  it('ignores what is neither RTP nor RTCP', () => {
    const { clock, near } = pair();
    near.session.receiveRtp(Uint8Array.of(1, 2, 3), clock.now());
    near.session.receiveRtcp(Uint8Array.of(1, 2, 3), clock.now());
    expect(near.session.transportStatistics.packets).toBe(0);
    expect(near.session.nextTimeout()).toBeUndefined();
  });
});
