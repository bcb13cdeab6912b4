/** A stand-in for `vosk-server`: understands nothing, and says how many samples it has heard. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';

/** Samples after which it says what it has understood so far. */
const partialEvery = 8_000;

/** @returns its address */
export async function startVoskServer(): Promise<string> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  server.on('connection', serve);
  await once(server, 'listening');
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function serve(socket: WebSocket): void {
  let samples = 0;
  let told = 0;
  const say = (message: object): void => socket.send(JSON.stringify(message));
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) {
      samples += data.length / 2;
      if (samples - told < partialEvery) return;
      told = samples;
      say({ partial: `${samples} samples` });
    } else if ('eof' in (JSON.parse(data.toString()) as object)) {
      say({ text: `${samples} samples` });
      socket.close(1000);
    }
  });
}
