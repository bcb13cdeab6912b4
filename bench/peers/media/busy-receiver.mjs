/**
 * A participant's end of a transport whose program computes twice a second. Requests: `open` (with the other side's transport, the payload type and extension id, `thread` and `busy`
 * in ms), `look`, `stop`.
 */
import { steadyClock } from '../../../dist/base/clock.js';
import { silentLogger } from '../../../dist/base/logger.js';
import { systemRandom } from '../../../dist/base/random.js';
import { loadEngine } from '../../../dist/rtc/engines.js';
import { serve } from './lines.mjs';

let transport;
let rtp;
let packets = 0;
let source;

await serve({
  async open({ remote, payloadType, rtxPayloadType, transportSequence, ssrc, rtxSsrc, thread, busy }) {
    const engine = await loadEngine('werift', { media: true, thread });
    transport = await engine.create(
      { end: 'participant', loopback: ['127.0.0.1'], hostAddress: '127.0.0.1', logger: silentLogger },
      { stateChanged() {}, candidate() {} },
    );
    const feedback = { nack: true, pli: true, transportFeedback: true };
    const codec = { payloadType, rtxPayloadType, name: 'vp8', kind: 'video', clockRate: 90_000, ...feedback };
    rtp = transport.openRtp(
      {
        parameters: {
          codecs: [codec],
          extensions: { transportSequence: { audio: transportSequence, video: transportSequence } },
        },
        localSsrc: 3333,
        cname: 'bench',
        clock: steadyClock,
        random: systemRandom,
      },
      { packet: () => (packets += 1), reported() {}, keyFrameRequested() {}, available() {} },
    );
    rtp.addReceived({ kind: 'video', ssrc, rtxSsrc });
    source = ssrc;
    transport.connect(remote);
    if (busy > 0)
      setInterval(() => {
        const end = performance.now() + busy;
        while (performance.now() < end);
      }, 500);
    return { local: transport.local };
  },
  look: () => ({ packets, statistics: rtp.receivedStatistics(source) }),
  stop: () => transport.close(),
});
