/** The bare engine: werift's RTCPeerConnection with nothing above it. */
import { RTCPeerConnection, RTCRtpCodecParameters, RtpHeader, RtpPacket, useTransportWideCC } from 'werift';
import { stream } from '../../media/offer.mjs';
import { pace } from '../../media/pacer.mjs';
import { usage } from '../usage.mjs';
import { serve } from './lines.mjs';

let pc;
let received = { packets: 0, bytes: 0 };
let sent = 0;
let sequenceNumber = 100;
let stopSending = () => {};

await serve({
  async open({ sdp }) {
    pc = new RTCPeerConnection({
      bundlePolicy: 'max-bundle',
      iceAdditionalHostAddresses: ['127.0.0.1'],
      headerExtensions: { video: [useTransportWideCC()] },
      codecs: {
        video: [new RTCRtpCodecParameters({ mimeType: 'video/VP8', clockRate: 90_000, payloadType: 100 })],
      },
    });
    await pc.setRemoteDescription({ type: 'offer', sdp });
    pc.getTransceivers()[0].setDirection('sendrecv');
    await pc.setLocalDescription(await pc.createAnswer());
    pc.dtlsTransports[0].onRtp.subscribe((packet) => {
      received.packets += 1;
      received.bytes += packet.header.serializeSize + packet.payload.length;
    });
    return { sdp: pc.localDescription.sdp };
  },
  begin({ perSecond, size }) {
    received = { packets: 0, bytes: 0 };
    sent = 0;
    if (perSecond === undefined) return;
    const payload = Buffer.alloc(size);
    payload.set([0x90, 0x80, 0x80, 0x01]);
    stopSending = pace(perSecond, () => {
      sequenceNumber = (sequenceNumber + 1) & 0xffff;
      sent += 1;
      const header = new RtpHeader({
        payloadType: stream.payloadType,
        marker: sequenceNumber % 10 === 0,
        sequenceNumber,
        timestamp: Math.floor(sequenceNumber / 10) * 3000,
        ssrc: 2222,
        extension: true,
        extensions: [{ id: 5, payload: Buffer.of(sequenceNumber >> 8, sequenceNumber & 0xff) }],
      });
      void pc.dtlsTransports[0].sendRtp(new RtpPacket(header, payload).payload, header);
    });
  },
  look: () => ({ ...received, sent, ...usage() }),
  stop() {
    stopSending();
    void pc.close();
  },
});
