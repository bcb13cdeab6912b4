/**
 * A participant whose owner computes now and then, at a modelled bridge, in virtual time: what the bridge estimates, second by second, by when its packets are said to have
 * arrived and when its feedback goes out.
 */
import { LateReading } from '../../../src/rtc/werift/ice/late-reading.ts';
import type { RtpParameters } from '../../../src/rtp/parameters.ts';
import { RtpSession } from '../../../src/rtp/session.ts';
import { EmulatedLink } from '../congestion/emulated-link.ts';
import { ManualClock } from '../manual-clock.ts';
import { seededRandom } from '../random.ts';
import { extensionId, ModelledBridge, payloadTypes, sound, videos } from './modelled-bridge.ts';
import { ModelledLoop, type Stalls } from './modelled-loop.ts';

/**
 * Who reads the socket: our one loop, with the time of reading as that of arrival; the same with what is read late spread over the time in which the loop was
 * busy; or a thread of its own, which hands packets over to the loop that is busy.
 */
export type Reading = 'as read' | 'spread' | 'thread';

export interface StallRunOptions {
  reading: Reading;
  /** ms, twice a second */
  stall: number;
  /** s */
  duration: number;
  /** bit/s that the way carries; default 100 Mbit/s */
  capacity?: number;
  seed?: number;
}

export interface StallRun {
  /** bit/s, at the end of each second */
  estimates: number[];
  /** Of two, at the end of each second. */
  videos: number[];
  /** Packets of video that the bridge sent, and those that the owner was given. */
  sent: number;
  delivered: number;
}

const stallInterval = 500;
/** ms: a thread has to wait for a processor now and then */
const threadStalls: Stalls = { every: 40, length: 1 };
const overhead = 28;
/** ms from the beginning of a stall to that of the bridge: which of the two is first is by chance. */
const startLatest = 400;

const parameters: RtpParameters = {
  codecs: [
    {
      payloadType: payloadTypes.opus,
      name: 'opus',
      kind: 'audio',
      clockRate: 48_000,
      channels: 2,
      nack: false,
      pli: false,
      transportFeedback: true,
    },
    {
      payloadType: payloadTypes.vp8,
      rtxPayloadType: payloadTypes.rtx,
      name: 'vp8',
      kind: 'video',
      clockRate: 90_000,
      nack: true,
      pli: true,
      transportFeedback: true,
    },
  ],
  extensions: { transportSequence: { audio: extensionId, video: extensionId } },
};

export function stallRun({
  capacity = 100_000_000,
  duration,
  reading,
  seed = 1,
  stall,
}: StallRunOptions): StallRun {
  const clock = new ManualClock();
  const random = seededRandom(seed);
  const there = new EmulatedLink({ rate: () => capacity, delay: 5, jitter: 0.5, random });
  const back = new EmulatedLink({ rate: () => 100_000_000, delay: 5, random });
  const ownersStalls: Stalls = { every: stallInterval, length: stall };
  const result: StallRun = { estimates: [], videos: [], sent: 0, delivered: 0 };

  const owner = new ModelledLoop(clock, ownersStalls, () => result.delivered++);
  const handOver =
    reading === 'thread' ? (packet: Uint8Array) => owner.arrived(packet) : () => result.delivered++;
  const session = new RtpSession(
    { parameters, localSsrc: 7, cname: 'participant', random },
    {
      packet: ({ payload, ssrc }) => {
        if (ssrc !== sound.ssrc) handOver(payload);
      },
      reported: () => {},
      keyFrameRequested: () => {},
      available: () => {},
      sendRtp: () => {},
      sendRtcp: (compound) => {
        const arrival = back.send(compound.length + overhead, clock.now());
        if (arrival !== undefined) clock.schedule(arrival - clock.now(), () => bridge.receiveRtcp(compound));
      },
    },
  );
  const receive = (packet: Uint8Array, arrival: number): void => {
    session.receiveRtp(packet, arrival, clock.now());
    arm();
  };
  const reader = new ModelledLoop(clock, reading === 'thread' ? threadStalls : ownersStalls, (datagram) => {
    if (reading === 'as read') receive(datagram, clock.now());
    else late.read(Buffer.from(datagram), '192.0.2.1', 1);
  });
  const late = new LateReading((data, _address, _port, ago) => receive(data, clock.now() - ago), reader);
  let cancel = (): void => {};
  const arm = (): void => {
    cancel();
    const due = session.nextTimeout();
    cancel = due === undefined ? () => {} : reader.schedule(due - clock.now(), tick);
  };
  const tick = (): void => {
    session.tick(clock.now());
    arm();
  };
  session.addReceived({ kind: 'audio', ...sound });
  for (const video of videos) session.addReceived({ kind: 'video', ...video });

  clock.advance(((random(1)[0] ?? 0) / 256) * startLatest);
  const bridge = new ModelledBridge({
    clock,
    random,
    send(packet) {
      const arrival = there.send(packet.length + overhead, clock.now());
      if (arrival !== undefined) clock.schedule(arrival - clock.now(), () => reader.arrived(packet));
    },
  });
  for (let second = 0; second < duration; second++) {
    clock.advance(1_000);
    result.estimates.push(bridge.estimate);
    result.videos.push(bridge.forwarded);
  }
  bridge.stop();
  clock.advance(1_000);
  result.sent = bridge.videoPackets;
  return result;
}

/** bit/s, from second `from` on. */
export function meanEstimate({ estimates }: StallRun, from = 0): number {
  const values = estimates.slice(from);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
