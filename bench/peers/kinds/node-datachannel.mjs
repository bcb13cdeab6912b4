/** (e) The same text again and again over a data channel of node-datachannel's own; the receiver does not look into it. */
import { PeerConnection } from 'node-datachannel';
import { buildTransportAccept } from '../../../dist/jingle/transport-accept.js';
import { answerTransport } from '../../../dist/sdp/answer.js';
import { parseSdp } from '../../../dist/sdp/sdp.js';
import { endpointMessage } from './endpoint-message.mjs';
import { engineSession, highWater, inTime, label, lowWater, protocol } from './engine-session.mjs';

export async function connect(options) {
  const { id, session } = await engineSession(options);
  const pc = new PeerConnection('bench', {
    iceServers: [],
    bindAddress: '127.0.0.1',
    disableAutoNegotiation: true,
  });
  pc.setRemoteDescription(applicationOnly(session.sdp), 'offer');
  const channel = pc.createDataChannel(label, { protocol });
  let wake;
  channel.setBufferedAmountLowThreshold(lowWater);
  channel.onBufferedAmountLow(() => wake?.());
  const opened = new Promise((resolve) => channel.onOpen(resolve));
  const gathered = new Promise((resolve) => {
    pc.onGatheringStateChange((state) => state === 'complete' && resolve());
  });
  pc.setLocalDescription('answer');
  await inTime(gathered);
  const transport = answerTransport(parseSdp(pc.localDescription().sdp));
  await session.accept(buildTransportAccept(session.offer, { transport }));
  await inTime(opened);
  return {
    id,
    async drained() {
      const low = new Promise((resolve) => (wake = resolve));
      if (channel.bufferedAmount() > lowWater) await low;
    },
    sender(to, payload) {
      const text = endpointMessage(to, payload);
      return () => {
        channel.sendMessage(text);
        return channel.bufferedAmount() < highWater;
      };
    },
    receive(size, received) {
      channel.onMessage((text) => {
        if (text.length > size()) received(true);
      });
    },
  };
}

/** The offer without media, which the engine would want to have handlers for. */
function applicationOnly(sdp) {
  const [head, ...media] = sdp.split(/^(?=m=)/m);
  const data = media.find((section) => section.startsWith('m=application'));
  const mid = /^a=mid:(.*)$/m.exec(data)?.[1];
  return head.replace(/^a=group:BUNDLE .*$/m, `a=group:BUNDLE ${mid}`) + data;
}
