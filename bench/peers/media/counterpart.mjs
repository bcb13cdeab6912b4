/** The bridge's end that all compared peers talk to: sends the stream, or counts what comes. Requests: `open`, `connect`, `begin`, `look`, `stop`. */
import { silentLogger } from '../../../dist/base/logger.js';
import { createWeriftEngine } from '../../../dist/rtc/werift/engine.js';
import { buildRtpHeader } from '../../../dist/rtp/packet.js';
import { parseSdp } from '../../../dist/sdp/sdp.js';
import { answerTransport } from '../../../dist/sdp/answer.js';
import { extensionId, offerSdp, stream } from '../../media/offer.mjs';
import { pace } from '../../media/pacer.mjs';
import { usage } from '../usage.mjs';
import { serve } from './lines.mjs';

let transport;
let received = { packets: 0, bytes: 0 };
let sent = 0;
let sequenceNumber = 100;
let stopSending = () => {};
let connected;

await serve({
  async open() {
    let isConnected;
    connected = new Promise((resolve) => (isConnected = resolve));
    transport = await createWeriftEngine().create(
      { end: 'bridge', hostAddress: '127.0.0.1', logger: silentLogger },
      {
        stateChanged: (state) => state === 'connected' && isConnected(),
        candidate() {},
        rtp(packet) {
          received.packets += 1;
          received.bytes += packet.length;
        },
      },
    );
    return { sdp: offerSdp(transport.local), transport: transport.local };
  },
  async connect({ sdp, transport: remote }) {
    transport.connect(remote ?? { ...answerTransport(parseSdp(sdp)), candidates: [] });
    await connected;
  },
  /** @param size of a packet's payload, bytes */
  begin({ perSecond, size }) {
    received = { packets: 0, bytes: 0 };
    sent = 0;
    if (perSecond === undefined) return;
    const payload = new Uint8Array(size);
    // A VP8 descriptor with a picture id; nothing decodes it.
    payload.set([0x90, 0x80, 0x80, 0x01]);
    stopSending = pace(perSecond, () => {
      sequenceNumber = (sequenceNumber + 1) & 0xffff;
      sent += 1;
      const header = buildRtpHeader({
        payloadType: stream.payloadType,
        marker: sequenceNumber % 10 === 0,
        sequenceNumber,
        timestamp: Math.floor(sequenceNumber / 10) * 3000,
        ssrc: stream.ssrc,
        extensions: [{ id: extensionId, value: Uint8Array.of(sequenceNumber >> 8, sequenceNumber & 0xff) }],
      });
      transport.sendRtp(header, payload);
    });
  },
  look: () => ({ ...received, sent, ...usage() }),
  async stop() {
    stopSending();
    await transport.close();
  },
});
