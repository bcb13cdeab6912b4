/** Whatever clients send through any door of the sandbox, it lives, has met with no mistake of its own, and serves the next. */
import { connect } from 'node:net';
import type { EventEmitter } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { IceTransport } from '../../../src/jingle/model.ts';
import { buildRtpHeader } from '../../../src/rtp/packet.ts';
import {
  bridgeMessages,
  datagrams,
  httpRequests,
  rtcpCompounds,
  rtpPackets,
  sample,
  xmppFrames,
  xmppStanzas,
} from '../../support/hostile.ts';
import { SandboxProcess } from '../../support/sandbox-process.ts';
import { check, Stranger } from '../../support/stranger.ts';
import { waitFor } from '../../support/wait.ts';
import { auth, bind, enable, open } from '../../support/xmpp-server-rig.ts';
import { UdpPath } from '../rtc/udp-path.ts';
import { MediaParticipant, mediaFeatures } from './media-participant.ts';
import { path, room } from './raw-participant.ts';
import { RawSocket } from './raw-socket.ts';

let sandbox: SandboxProcess;

beforeAll(async () => {
  sandbox = await SandboxProcess.start({ minParticipants: 1, conferenceRequest: 'http', resumptionTime: 0 });
});
afterAll(() => sandbox[Symbol.asyncDispose]());

function enter(name: string): Promise<MediaParticipant> {
  return MediaParticipant.join(sandbox, name, [...mediaFeatures, 'urn:xmpp:jingle:transports:dtls-sctp:1']);
}

/** Somebody joins, is offered media, connects, has both channels, and hears what they say in the room. */
async function expectService(): Promise<void> {
  await using participant = await enter('Witness');
  await participant.tellFeatures();
  await participant.accept(undefined, { sctpPort: 5000 });
  const channel = participant.end.open();
  await channel.isOpen();
  const hello = { colibriClass: 'ClientHello' };
  channel.channel.send(JSON.stringify(hello));
  await channel.has(1);
  participant.say(hello);
  await waitFor(() => participant.messages.filter(isHello).length >= 2, { what: 'answer on the WebSocket' });
  const { raw } = participant.raw;
  raw.send(`<message xmlns="jabber:client" type="groupchat" to="${room}"><body>alive</body></message>`);
  await raw.next('<body>alive</body>');
  expect(sandbox.complaints).toEqual([]);
}

function isHello({ colibriClass }: Record<string, unknown>): boolean {
  return colibriClass === 'ServerHello';
}

/** However it closes: an error is no news. */
function closed(socket: EventEmitter): Promise<void> {
  return new Promise((resolve) => void socket.once('close', () => resolve()));
}

/** Writes bytes to the port as they are; through when the server closes, or has had its time. */
async function write(bytes: Buffer): Promise<void> {
  const socket = connect(Number(new URL(sandbox.url).port), '127.0.0.1');
  socket.on('error', () => {}).resume();
  socket.setTimeout(300, () => socket.destroy());
  socket.end(bytes);
  await closed(socket);
}

async function inTurns<Item>(
  items: readonly Item[],
  size: number,
  run: (item: Item) => Promise<void>,
): Promise<void> {
  for (let at = 0; at < items.length; at += size) await Promise.all(items.slice(at, at + size).map(run));
}

it('requests of any kind', async () => {
  await inTurns(sample(httpRequests, 600, 1), 20, write);
  await expectService();
});

it.each(['//', 'http://[', '*', '//x', '/%'])('an upgrade request to %s', async (target) => {
  const head = `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n`;
  await write(
    Buffer.from(`${head}Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`),
  );
  await expectService();
});

it('bytes on a WebSocket that are no frames', async () => {
  const junk = sample(httpRequests, 60, 2);
  await inTurns(junk, 20, async (bytes) => {
    const socket = new WebSocket(`${sandbox.url.replace('http', 'ws')}${path}`, 'xmpp');
    socket.on('error', () => {});
    socket.once('upgrade', ({ socket: stream }) => {
      stream.write(bytes);
      stream.end();
    });
    await closed(socket);
  });
  await expectService();
});

const frames = sample(xmppFrames, 400, 3);

it.each<[state: string, before: readonly string[]]>([
  ['before anything', []],
  ['after the stream is opened', [open]],
  ['after login', [open, auth]],
  ['in the new stream', [open, auth, open]],
  ['once bound', [open, auth, open, bind]],
  ['with stream management', [open, auth, open, bind, enable]],
])('XMPP frames %s', async (_, before) => {
  await inTurns(frames, 20, async (frame) => {
    const raw = await RawSocket.open(sandbox.url, path);
    raw.send(...before, frame);
    raw.close();
    await raw.closed;
  });
  await expectService();
});

it('XMPP frames of participants with a session', async () => {
  const stanzas = sample(xmppStanzas, 2_000, 9);
  const batches = Array.from({ length: 20 }, (_, index) => stanzas.slice(index * 100, index * 100 + 100));
  // One after the other: they may well put each other out.
  for (const batch of batches) {
    await using participant = await enter('Mallory');
    await participant.tellFeatures();
    await participant.raw.raw.next('action="session-initiate"');
    const { raw } = participant.raw;
    raw.send(...batch, '<iq xmlns="jabber:client" type="get" id="end"><ping xmlns="urn:xmpp:ping"/></iq>');
    await raw.next('id="end"');
    raw.close();
    await raw.closed;
  }
  await expectService();
});

it('frames that are not text, or too large, or of nothing', async () => {
  for (const frame of [
    Buffer.from([0xff]),
    '',
    ' ',
    '\0',
    'x',
    `<${'a'.repeat(600_000)}`,
    'x'.repeat(2_000_000),
  ]) {
    const raw = await RawSocket.open(sandbox.url, path);
    raw.send(frame);
    raw.close();
    await raw.closed;
  }
  await expectService();
});

it('messages over the bridge’s WebSocket', async () => {
  await using listener = await enter('Listener');
  await using participant = await enter('Mallory');
  for (const each of [listener, participant]) {
    await each.tellFeatures();
    await each.accept();
  }
  for (const message of bridgeMessages(1_500, 4)) participant.say(message);
  participant.say(Buffer.from([1, 2, 3]));
  participant.say({ colibriClass: 'EndpointMessage', to: '', last: 'ws' });
  await waitFor(() => listener.messages.some(({ last }) => last === 'ws'), { what: 'the last message' });
  participant.say('x'.repeat(100_000));
  await expectService();
});

it('messages over a data channel', async () => {
  await using listener = await enter('Listener');
  await using participant = await enter('Mallory');
  await listener.tellFeatures();
  await listener.accept();
  await participant.tellFeatures();
  await participant.accept(undefined, { sctpPort: 5000 });
  const end = participant.end.open();
  await end.isOpen();
  const { channel } = end;
  for (const message of bridgeMessages(1_500, 5)) channel.send(Buffer.from(message));
  channel.send(JSON.stringify({ colibriClass: 'EndpointMessage', to: '', last: 'sctp' }));
  await waitFor(() => listener.messages.some(({ last }) => last === 'sctp'), { what: 'the last message' });
  for (const label of ['', 'other', 'x'.repeat(5_000)]) participant.end.open(label);
  await expectService();
});

it('datagrams of strangers and of participants', async () => {
  const seen: Buffer[] = [];
  await using participant = await enter('Mallory');
  await participant.tellFeatures();
  let way: UdpPath | undefined;
  let remote: IceTransport | undefined;
  await participant.accept(undefined, {
    sctpPort: 5000,
    async way(bridge) {
      remote = bridge;
      way = await UdpPath.to(bridge);
      way.loses = (datagram, to) => {
        if (to === 'bridge') seen.push(Buffer.from(datagram));
        return false;
      };
      return way.seenFrom(bridge);
    },
  });
  if (!way || !remote) throw new Error('there is no way to the bridge');
  await using _ = way;
  await using stranger = await Stranger.at(remote.candidates[0]?.port ?? 0);
  const known = [...seen, check(`${remote.ufrag}:abcd`, remote.pwd), check(`${remote.ufrag}:`, 'wrong')];
  for (const datagram of datagrams(known, 2_000, 6)) {
    stranger.send(datagram);
    way.toBridge(datagram);
  }
  // Authentic ones, whatever is in them.
  for (const { header, payload } of sample(rtpPackets, 500, 7)) {
    participant.end.packets.sendRtp(buildRtpHeader(header), payload);
  }
  for (const compound of sample(rtcpCompounds, 500, 8))
    if (compound.length >= 8) participant.end.packets.sendRtcp(compound);
  await expectService();
});

it('ends in order after all that', () => sandbox.close());
