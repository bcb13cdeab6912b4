/** werift's RTCPeerConnection, as a caller would bring it. */
import { MediaStreamTrack, RTCPeerConnection, RtpHeader, RtpPacket } from 'werift';
import type { MediaType } from '../../src/jingle/model.ts';
import type { TestedPeerConnection } from './peer-connection-cases.ts';

export function openWeriftPeerConnection(): TestedPeerConnection {
  const pc = new RTCPeerConnection({
    bundlePolicy: 'max-bundle',
    iceAdditionalHostAddresses: ['127.0.0.1'],
  });
  const packets = new Map<number, number>();
  const known = new WeakSet<MediaStreamTrack>();
  // It tells of each track again with each description.
  pc.onTrack.subscribe((track) => {
    if (known.has(track)) return;
    known.add(track);
    track.onReceiveRtp.subscribe(({ header }) => {
      packets.set(header.ssrc, (packets.get(header.ssrc) ?? 0) + 1);
    });
  });
  let timer: NodeJS.Timeout | undefined;
  let sender: ReturnType<RTCPeerConnection['addTrack']> | undefined;
  return Object.assign(pc, {
    received: (ssrc: number) => Promise.resolve({ packets: packets.get(ssrc) ?? 0 }),
    async send(kind: MediaType) {
      const track = new MediaStreamTrack({ kind });
      sender = pc.addTrack(track);
      let count = 0;
      timer = setInterval(() => {
        count += 1;
        const header = new RtpHeader({ sequenceNumber: count, timestamp: count * 3000, marker: true });
        // A key frame of VP8 in one packet.
        const payload = Buffer.from([0x10, 0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xb4, 0x00]);
        track.writeRtp(new RtpPacket(header, payload));
      }, 33);
    },
    async stopSending() {
      clearInterval(timer);
      if (sender) pc.removeTrack(sender);
    },
    async close() {
      clearInterval(timer);
      await RTCPeerConnection.prototype.close.call(pc);
    },
  });
}
