/**
 * Sound and video of one sender over links in virtual time: two whole RTP sessions, and an encoder that keeps to the rate that the sending one tells.
 */
import { type RandomBytes, randomBetween } from '../../../src/base/random.ts';
import type { RtpParameters } from '../../../src/rtp/parameters.ts';
import { RtpSession } from '../../../src/rtp/session.ts';
import type { ManualClock } from '../manual-clock.ts';
import type { EmulatedLink } from './emulated-link.ts';

/** Of a second. bit/s, ms, packets */
export interface Second {
  /** What video and sound were told to keep to, at the end of the second. */
  estimate: number;
  /** Everything that went into the link. */
  sent: number;
  arrived: number;
  /** The longest that a packet waited in the link's queue. */
  waited: number;
  /** Packets that did not come through the link. */
  lost: number;
  /** Of all of these, what was sent once more. */
  retransmitted: number;
}

export interface MediaFlowOptions {
  clock: ManualClock;
  random: RandomBytes;
  forward: EmulatedLink;
  /** The way of the feedback. */
  backward: EmulatedLink;
  /** bit/s that the encoder would take at most, at a time in ms; 0: no video then */
  video(now: number, estimate: number): number;
  /** ms */
  start?: number | undefined;
  end: number;
}

const parameters: RtpParameters = {
  codecs: [
    { ...feedback('audio'), payloadType: 111, name: 'opus', clockRate: 48_000, channels: 2, nack: false },
    {
      ...feedback('video'),
      payloadType: 100,
      name: 'vp8',
      clockRate: 90_000,
      rtxPayloadType: 96,
      nack: true,
    },
  ],
  extensions: { transportSequence: { audio: 5, video: 5 } },
};
const sound = { ssrc: 2_000, kind: 'audio' as const };
const picture = { ssrc: 1_000, rtxSsrc: 1_001, kind: 'video' as const };
/** ms */
const [soundInterval, frameInterval] = [20, 1_000 / 30];
const soundBytes = 80;
const soundBitrate = 50_000;
const packetBytes = 1_100;
/** IP, UDP and the tag of SRTP */
const overhead = 38;
/** A frame that needs no other is larger than others. */
const keyFrameFactor = 5;
/** From one frame to the next. */
const jump = 1.5;
const [keyFrame, otherFrame] = [
  Uint8Array.of(0x10, 0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 2, 0x68, 1),
  Uint8Array.of(0x10, 0x11, 0, 0),
];

function feedback<Kind extends 'audio' | 'video'>(
  kind: Kind,
): { kind: Kind; pli: boolean; transportFeedback: boolean } {
  return { kind, pli: kind === 'video', transportFeedback: true };
}

function none(): Second {
  return { estimate: 0, sent: 0, arrived: 0, waited: 0, lost: 0, retransmitted: 0 };
}

export class MediaFlow {
  readonly seconds: Second[] = [];
  readonly #options: MediaFlowOptions;
  readonly #near: RtpSession;
  readonly #far: RtpSession;
  #cancelNear = (): void => {};
  #cancelFar = (): void => {};
  #estimate = 300_000;
  #second = none();
  #isKeyFrameWanted = true;
  #bitrate = 0;
  #retransmitted = 0;

  constructor(options: MediaFlowOptions) {
    this.#options = options;
    const { backward, clock, forward, random, start = 0 } = options;
    this.#near = new RtpSession(
      { parameters, localSsrc: 71, cname: 'near', random },
      {
        packet: () => {},
        reported: () => {},
        keyFrameRequested: () => {
          this.#isKeyFrameWanted = true;
        },
        available: (bitrate) => {
          this.#estimate = bitrate;
        },
        sendRtp: (header, payload) => {
          const bytes = Uint8Array.from([...header, ...payload]);
          this.#over(forward, bytes, () => {
            this.#second.arrived += (bytes.length + overhead) * 8;
            this.#far.receiveRtp(bytes, clock.now());
            this.#armFar();
          });
        },
        sendRtcp: (compound) =>
          this.#carry(forward, compound, () => {
            this.#far.receiveRtcp(compound, clock.now());
            this.#armFar();
          }),
      },
    );
    this.#far = new RtpSession(
      { parameters, localSsrc: 72, cname: 'far', random },
      {
        packet: () => {},
        reported: () => {},
        keyFrameRequested: () => {},
        available: () => {},
        sendRtp: () => {},
        sendRtcp: (compound) =>
          this.#carry(backward, compound, () => {
            this.#near.receiveRtcp(compound, clock.now());
            this.#armNear();
          }),
      },
    );
    for (const source of [sound, picture]) {
      this.#near.addSent(source);
      this.#far.addReceived(source);
    }
    clock.schedule(start, () => {
      this.#sendSound();
      this.#sendFrame();
    });
    this.#count();
  }

  #sendSound(): void {
    const { clock, end } = this.#options;
    const timestamp = Math.round(clock.now() * 48) >>> 0;
    this.#near.send(
      sound.ssrc,
      { payloadType: 111, timestamp, marker: false, payload: new Uint8Array(soundBytes) },
      clock.now(),
    );
    this.#armNear();
    if (clock.now() < end) clock.schedule(soundInterval, () => this.#sendSound());
  }

  #sendFrame(): void {
    const { clock, end, random, video } = this.#options;
    const now = clock.now();
    const bitrate = Math.min(video(now, this.#estimate), Math.max(0, this.#estimate - soundBitrate));
    // A layer that begins does so with one.
    const isKeyFrame = this.#isKeyFrameWanted || bitrate > jump * this.#bitrate;
    this.#bitrate = bitrate;
    if (bitrate > 0) {
      this.#isKeyFrameWanted = false;
      const usual = (bitrate * frameInterval) / 8_000;
      const bytes = Math.round(
        isKeyFrame ? keyFrameFactor * usual : usual * randomBetween(random, 0.75, 1.25),
      );
      this.#sendPackets(isKeyFrame ? keyFrame : otherFrame, bytes, Math.round(now * 90) >>> 0);
    }
    if (now < end) clock.schedule(frameInterval, () => this.#sendFrame());
  }

  #sendPackets(start: Uint8Array, bytes: number, timestamp: number): void {
    const count = Math.max(1, Math.ceil(bytes / packetBytes));
    for (let index = 0; index < count; index++) {
      const payload = new Uint8Array(Math.max(start.length, Math.ceil(bytes / count)));
      if (index === 0) payload.set(start);
      const packet = { payloadType: 100, timestamp, marker: index === count - 1, payload };
      this.#near.send(picture.ssrc, packet, this.#options.clock.now());
    }
    this.#armNear();
  }

  #over(link: EmulatedLink, bytes: Uint8Array, arrive: () => void): void {
    this.#second.sent += (bytes.length + overhead) * 8;
    if (!this.#carry(link, bytes, arrive)) this.#second.lost++;
    this.#second.waited = Math.max(this.#second.waited, link.waited);
  }

  #carry(link: EmulatedLink, bytes: Uint8Array, arrive: () => void): boolean {
    const { clock } = this.#options;
    const arrival = link.send(bytes.length + overhead, clock.now());
    if (arrival !== undefined) clock.schedule(arrival - clock.now(), arrive);
    return arrival !== undefined;
  }

  #armNear(): void {
    this.#cancelNear();
    this.#cancelNear = this.#arm(this.#near, () => this.#armNear());
  }

  #armFar(): void {
    this.#cancelFar();
    this.#cancelFar = this.#arm(this.#far, () => this.#armFar());
  }

  /** By timers of whole milliseconds, as a program has them. */
  #arm(session: RtpSession, again: () => void): () => void {
    const { clock } = this.#options;
    const due = session.nextTimeout();
    if (due === undefined) return () => {};
    return clock.schedule(Math.max(1, Math.ceil(due - clock.now())), () => {
      session.tick(clock.now());
      again();
    });
  }

  #count(): void {
    this.#options.clock.schedule(1_000, () => {
      const retransmitted = this.#near.sentStatistics(picture.ssrc)?.retransmitted ?? 0;
      this.seconds.push({
        ...this.#second,
        estimate: this.#estimate,
        retransmitted: retransmitted - this.#retransmitted,
      });
      this.#retransmitted = retransmitted;
      this.#second = none();
      this.#count();
    });
  }
}
