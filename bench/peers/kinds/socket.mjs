/** A bare WebSocket to the bridge, with what it takes not to fill its queue. */
import { once } from 'node:events';
import { WebSocket } from 'ws';

/** Bytes in the queue from which a sender waits, and to which it waits. */
const highWater = 256 * 1024;
const lowWater = 64 * 1024;

export async function openSocket(url) {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  await once(socket, 'open');
  socket.on('close', (code, reason) => {
    throw new Error(`the relay closed the socket: ${code} ${reason.toString()}`);
  });
  let wake;
  const written = () => {
    if (wake && socket.bufferedAmount <= lowWater) wake();
  };
  return {
    socket,
    /** @returns whether more may follow at once */
    send(text) {
      socket.send(text, { binary: false }, written);
      return socket.bufferedAmount < highWater;
    },
    async drained() {
      if (socket.bufferedAmount <= lowWater) return;
      await new Promise((resolve) => (wake = resolve));
      wake = undefined;
    },
  };
}
