/** (e) The same text again and again over a data channel of werift's own; the receiver does not look into it. */
import { RTCPeerConnection } from 'werift';
import { endpointMessage } from './endpoint-message.mjs';
import { engineSession, highWater, inTime, label, lowWater, protocol } from './engine-session.mjs';

export async function connect(options) {
  const { id, session } = await engineSession(options);
  const pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle', iceAdditionalHostAddresses: ['127.0.0.1'] });
  const channel = pc.createDataChannel(label, { protocol });
  // A bridge waits for our INIT; werift sends none where ICE is controlled.
  Object.defineProperty(pc.sctpTransport, 'isServer', { value: false });
  const opened = new Promise((resolve) => channel.addEventListener('open', resolve));
  await session.negotiator(pc).accept();
  await inTime(opened);
  channel.bufferedAmountLowThreshold = lowWater;
  return {
    id,
    async drained() {
      if (channel.bufferedAmount > lowWater)
        await new Promise((resolve) => channel.bufferedAmountLow.once(resolve));
    },
    sender(to, payload) {
      const text = endpointMessage(to, payload);
      return () => {
        channel.send(text);
        return channel.bufferedAmount < highWater;
      };
    },
    receive(size, received) {
      channel.onMessage.subscribe((text) => {
        if (text.length > size()) received(true);
      });
    },
  };
}
