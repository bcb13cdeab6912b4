/** (a) The limit: the same text again and again over bare `ws`; the receiver does not look into it. */
import { endpointMessage } from './endpoint-message.mjs';
import { openSocket } from './socket.mjs';

export async function connect({ url }) {
  const { socket, send, drained } = await openSocket(url);
  return {
    drained,
    sender(to, payload) {
      const text = Buffer.from(endpointMessage(to, payload));
      return () => send(text);
    },
    receive(size, received) {
      // What the bridge says by itself is shorter than any payload here.
      socket.on('message', (text) => {
        if (text.length > size()) received(true);
      });
    },
  };
}
