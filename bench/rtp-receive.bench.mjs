/**
 * What a received RTP packet costs above SRTP: parsed, acknowledged, put in order, counted and given on, with the timers that a session
 * sets as it goes. One VP8 source of 1100 bytes a packet, 1000 packets a second of its own time, beside sources that are silent.
 */
import { parseRtp, buildRtpHeader } from '../dist/rtp/packet.js';
import { RtpSession } from '../dist/rtp/session.js';

const packets = 200_000;
const perFrame = 8;
const payloadLength = 1_100;
const feedback = { nack: true, pli: true, transportFeedback: true };
const parameters = {
  codecs: [
    { payloadType: 100, name: 'vp8', kind: 'video', clockRate: 90_000, rtxPayloadType: 96, ...feedback },
  ],
  extensions: { transportSequence: { audio: 5, video: 5 } },
};
const random = (size) => crypto.getRandomValues(new Uint8Array(size));

/** All packets of the stream as they arrive, each with bytes of its own. */
function stream() {
  return Array.from({ length: packets }, (_, index) => {
    const header = buildRtpHeader({
      payloadType: 100,
      marker: index % perFrame === perFrame - 1,
      sequenceNumber: index & 0xffff,
      timestamp: Math.floor(index / perFrame) * 720,
      ssrc: 1,
      extensions: [{ id: 5, value: Uint8Array.of(index >>> 8, index) }],
    });
    const bytes = new Uint8Array(header.length + payloadLength);
    bytes.set(header);
    bytes[header.length] = index % perFrame === 0 ? 0x10 : 0;
    bytes[header.length + 1] = 1;
    return bytes;
  });
}

/** µs of CPU a packet */
function measure(list, receive) {
  const before = process.cpuUsage();
  for (const [index, bytes] of list.entries()) receive(bytes, index);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / list.length;
}

function session(silentSources) {
  let sent = 0;
  const rtp = new RtpSession(
    { parameters, localSsrc: 7, cname: 'bench', random },
    { packet: () => {}, keyFrameRequested: () => {}, sendRtp: () => {}, sendRtcp: () => sent++ },
  );
  rtp.addReceived({ ssrc: 1, rtxSsrc: 2, kind: 'video' });
  for (let index = 0; index < silentSources; index++) rtp.addReceived({ ssrc: 100 + index, kind: 'video' });
  return { rtp, sent: () => sent };
}

/** @param lossEvery one packet of so many does not come */
function receiving(list, silentSources, lossEvery = Infinity) {
  const { rtp } = session(silentSources);
  let due = Infinity;
  return measure(list, (bytes, index) => {
    const now = 1_790_000_000_000 + index;
    if (index % lossEvery === lossEvery - 1) return;
    if (due <= now) rtp.tick(now);
    rtp.receiveRtp(bytes, now);
    due = rtp.nextTimeout() ?? Infinity;
  });
}

const list = stream();
const cases = {
  'parsed only': () => measure(list, (bytes) => parseRtp(bytes)),
  'one source': () => receiving(list, 0),
  'among 1000 silent ones': () => receiving(list, 1_000),
  'one in 50 lost, never repaired': () => receiving(list, 0, 50),
};
console.log('µs of CPU a packet, and packets a second on a core');
for (const [name, run] of Object.entries(cases)) {
  run();
  const figures = Array.from({ length: 5 }, run).sort((a, b) => a - b);
  const [, , median] = figures;
  console.log(
    `${name.padEnd(32)}${median.toFixed(2).padStart(8)}${Math.round(1e6 / median)
      .toLocaleString('en')
      .padStart(14)}`,
  );
}
