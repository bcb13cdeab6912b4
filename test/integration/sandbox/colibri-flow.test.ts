/** Floods through the sandbox's bridge, between WebSockets that are real. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { silentLogger } from '../../../src/base/logger.ts';
import { systemRandom } from '../../../src/base/random.ts';
import { createMediaBridge, type MediaBridge } from '../../../src/sandbox/bridge/media-bridge.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { waitFor } from '../../support/wait.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function start(): Promise<{
  bridge: MediaBridge;
  clock: ManualClock;
  connect(id: string): Promise<WebSocket>;
}> {
  const clock = new ManualClock();
  const server = createServer();
  let port = 0;
  const bridge = createMediaBridge({
    mode: 'ws',
    webSocketBase: () => `ws://127.0.0.1:${port}`,
    timeouts: { endpointStart: 3_600_000 },
    clock,
    random: systemRandom,
    logger: silentLogger,
  });
  server.on('upgrade', (request, socket, head) => bridge.upgrade(request, socket, head));
  server.listen(0, '127.0.0.1');
  closing.push(
    () => server.close(),
    () => bridge.close(),
  );
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
  const conference = bridge.createConference();
  return {
    bridge,
    clock,
    async connect(id) {
      const { transport } = await conference.allocate({
        id,
        descriptions: [],
        sctp: false,
        ssrcRewriting: false,
      });
      const socket = new WebSocket(transport.webSocketUrls[0] ?? '');
      closing.push(() => socket.terminate());
      await once(socket, 'open');
      return socket;
    },
  };
}

/** How many EndpointMessages have come. */
function count(socket: WebSocket): () => number {
  let received = 0;
  socket.on('message', (text: Buffer) => {
    if (text.includes('EndpointMessage')) received += 1;
  });
  return () => received;
}

const messages = 5_000;
const message = JSON.stringify({ colibriClass: 'EndpointMessage', to: 'bbbbbbbb', raw: 'A'.repeat(8_000) });

describe('a receiver that does not read', () => {
  it('holds the sender back: nothing is lost when it reads on', async () => {
    const { bridge, clock, connect } = await start();
    const [sender, receiver] = [await connect('aaaaaaaa'), await connect('bbbbbbbb')];
    const received = count(receiver);
    const timers = clock.pending;
    receiver.pause();
    for (let sent = 0; sent < messages; sent++) sender.send(message);
    await waitFor(() => clock.pending > timers, { what: 'sender that is held back' });
    receiver.resume();
    await waitFor(() => received() === messages, { what: 'all messages' });
    expect(bridge.journal.dropped).toEqual([]);
    await waitFor(() => clock.pending === timers, { what: 'end of waiting' });
  });

  it('is given up after a while, and loses messages', async () => {
    const { bridge, clock, connect } = await start();
    const [sender, receiver] = [await connect('aaaaaaaa'), await connect('bbbbbbbb')];
    const timers = clock.pending;
    receiver.pause();
    for (let sent = 0; sent < messages; sent++) sender.send(message);
    await waitFor(() => clock.pending > timers, { what: 'sender that is held back' });
    clock.advance(5_000);
    await waitFor(() => sender.bufferedAmount === 0, { what: 'sender that is read from' });
    await waitFor(() => bridge.journal.dropped.length > 0, { what: 'messages that are dropped' });
    expect(bridge.journal.dropped[0]).toMatchObject({ reason: 'slow-receiver', endpoint: 'bbbbbbbb' });
  });
});

it('does not take an endpoint for idle that only receives', async () => {
  const { clock, connect } = await start();
  const [sender, receiver] = [await connect('aaaaaaaa'), await connect('bbbbbbbb')];
  const received = count(receiver);
  const pings: unknown[] = [];
  receiver.on('ping', () => pings.push('ping'));
  for (let sent = 1; sent <= 12; sent++) {
    sender.send(message);
    await waitFor(() => received() === sent, { what: `message ${sent}` });
    clock.advance(10_000);
  }
  // Pings come when nothing else is sent for 15 s (jitsi-videobridge `websockets`), so here there were none to be answered.
  expect(pings).toEqual([]);
  sender.send(message);
  await waitFor(() => received() === 13, { what: 'the last message' });
});
