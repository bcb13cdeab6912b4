/** Ours: the transport, and the RTP session above it, as a participant has them. */
import { systemRandom } from '../../../dist/base/random.js';
import { silentLogger } from '../../../dist/base/logger.js';
import { createWeriftEngine } from '../../../dist/rtc/werift/engine.js';
import { RtpSession } from '../../../dist/rtp/session.js';
import { extensionId, stream } from '../../media/offer.mjs';
import { pace } from '../../media/pacer.mjs';
import { usage } from '../usage.mjs';
import { serve } from './lines.mjs';

const ssrc = 2222;
const parameters = {
  codecs: [
    {
      payloadType: stream.payloadType,
      name: 'vp8',
      kind: 'video',
      clockRate: 90_000,
      rtxPayloadType: stream.rtxPayloadType,
      nack: true,
      pli: true,
      transportFeedback: true,
    },
  ],
  extensions: { transportSequence: { audio: extensionId, video: extensionId } },
};

let transport;
let session;
let received = { packets: 0, bytes: 0 };
let sent = 0;
let stopSending = () => {};
let timer;

function setTimer() {
  clearTimeout(timer);
  const next = session.nextTimeout();
  if (next === undefined) return;
  timer = setTimeout(
    () => {
      session.tick(performance.now());
      setTimer();
    },
    Math.max(0, next - performance.now()),
  );
}

await serve({
  async open({ transport: remote }) {
    transport = await createWeriftEngine().create(
      { end: 'participant', hostAddress: '127.0.0.1', logger: silentLogger },
      {
        stateChanged() {},
        candidate() {},
        rtp(packet) {
          const before = session.nextTimeout();
          session.receiveRtp(packet, performance.now());
          if (session.nextTimeout() !== before) setTimer();
        },
        rtcp: (compound) => session.receiveRtcp(compound, performance.now()),
      },
    );
    session = new RtpSession(
      { parameters, localSsrc: 3333, cname: 'bench', random: systemRandom },
      {
        packet({ payload }) {
          received.packets += 1;
          received.bytes += payload.length;
        },
        keyFrameRequested() {},
        sendRtp: (header, payload) => transport.sendRtp(header, payload),
        sendRtcp: (compound) => transport.sendRtcp(compound),
      },
    );
    session.addReceived({ kind: 'video', ssrc: stream.ssrc, rtxSsrc: stream.rtxSsrc });
    session.addSent({ kind: 'video', ssrc, rtxSsrc: 2223 });
    transport.connect(remote);
    return { transport: { ...transport.local, candidates: [] } };
  },
  begin({ perSecond, size }) {
    received = { packets: 0, bytes: 0 };
    sent = 0;
    if (perSecond === undefined) return;
    const payload = new Uint8Array(size);
    payload.set([0x90, 0x80, 0x80, 0x01]);
    stopSending = pace(perSecond, () => {
      sent += 1;
      const timestamp = Math.floor(sent / 10) * 3000;
      session.send(
        ssrc,
        { payloadType: stream.payloadType, timestamp, marker: sent % 10 === 0, payload },
        performance.now(),
      );
    });
    setTimer();
  },
  look: () => ({ ...received, sent, ...usage() }),
  async stop() {
    clearTimeout(timer);
    stopSending();
    await transport.close();
  },
});
