/** The RTCPeerConnection of @roamhq/wrtc, libwebrtc for Node, as a caller would bring it. It still knows Plan B. */
import wrtc from '@roamhq/wrtc';
import type { MediaType } from '../../src/jingle/model.ts';
import type { TestedPeerConnection } from './peer-connection-cases.ts';

const { nonstandard, RTCPeerConnection } = wrtc;

export function openWrtcPeerConnection(configuration: object = {}): TestedPeerConnection {
  const pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle', ...configuration });
  let timer: NodeJS.Timeout | undefined;
  const senders: ReturnType<typeof pc.addTrack>[] = [];
  const close = pc.close.bind(pc);
  return Object.assign(pc, {
    async received(ssrc: number) {
      const stats: { type: string; ssrc?: number; packetsReceived?: number; framesDecoded?: number }[] = [
        ...(await pc.getStats()).values(),
      ];
      const own = stats.find((each) => each.type === 'inbound-rtp' && each.ssrc === ssrc);
      return {
        packets: own?.packetsReceived ?? 0,
        ...(own?.framesDecoded === undefined ? {} : { pictures: own.framesDecoded }),
      };
    },
    async send(kind: MediaType) {
      if (kind !== 'video') throw new Error('only pictures are made here');
      const source = new nonstandard.RTCVideoSource();
      senders.push(pc.addTrack(source.createTrack()));
      const [width, height] = [320, 180];
      const data = new Uint8Array((width * height * 3) / 2);
      timer = setInterval(() => {
        data.fill(Date.now() % 256);
        source.onFrame({ width, height, data });
      }, 33);
    },
    async stopSending() {
      clearInterval(timer);
      const sender = senders.pop();
      if (sender) pc.removeTrack(sender);
    },
    close() {
      clearInterval(timer);
      close();
    },
  });
}
