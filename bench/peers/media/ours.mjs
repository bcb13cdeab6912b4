/** Ours: the transport, and the RTP session on it, as a participant has them. `--thread`: in the network thread. */
import { systemRandom } from '../../../dist/base/random.js';
import { silentLogger } from '../../../dist/base/logger.js';
import { loadEngine } from '../../../dist/rtc/engines.js';
import { steadyClock } from '../../../dist/base/clock.js';
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

const engine = await loadEngine('werift', { media: true, thread: process.argv.includes('--thread') });

let transport;
let rtp;
let received = { packets: 0, bytes: 0 };
let sent = 0;
let stopSending = () => {};

await serve({
  async open({ transport: remote }) {
    transport = await engine.create(
      { end: 'participant', hostAddress: '127.0.0.1', logger: silentLogger },
      { stateChanged() {}, candidate() {} },
    );
    rtp = transport.openRtp(
      { parameters, localSsrc: 3333, cname: 'bench', clock: steadyClock, random: systemRandom },
      {
        packet({ payload }) {
          received.packets += 1;
          received.bytes += payload.length;
        },
        reported() {},
        keyFrameRequested() {},
        available() {},
      },
    );
    rtp.addReceived({ kind: 'video', ssrc: stream.ssrc, rtxSsrc: stream.rtxSsrc });
    rtp.addSent({ kind: 'video', ssrc, rtxSsrc: 2223 });
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
      const marker = sent % 10 === 0;
      rtp.send(ssrc, { payloadType: stream.payloadType, timestamp, marker, payload });
    });
  },
  look: () => ({ ...received, sent, ...usage() }),
  async stop() {
    stopSending();
    await transport.close();
  },
});
