/** (c) The obvious way over `ws`: `JSON.stringify` and base64, base64 and `JSON.parse`. */
import { endpointMessage } from './endpoint-message.mjs';
import { openSocket } from './socket.mjs';

export async function connect({ url }) {
  const { socket, send, drained } = await openSocket(url);
  return {
    drained,
    sender: (to, payload) => () => send(endpointMessage(to, payload)),
    receive(size, received) {
      socket.on('message', (text) => {
        const message = JSON.parse(text);
        if (message.colibriClass === 'EndpointMessage')
          received(Buffer.from(message.raw, 'base64').length === size());
      });
    },
  };
}
