/** Datagrams of nonsense, from strangers and from where the other side is. Nothing may be thrown: vitest fails on what nobody handles. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { classes, Message, methods } from 'werift';
import { describe, expect, it } from 'vitest';
import { waitFor } from '../../support/wait.ts';
import { answerOf, connectEnds, End } from './ends.ts';
import { UdpPath } from './udp-path.ts';

describe('a bridge that gets junk from strangers', () => {
  it('connects as if nothing was, and goes on so', async () => {
    await using bridge = await End.create({ end: 'bridge' });
    await using participant = await End.create({ end: 'participant' });
    await using stranger = await Stranger.of(bridge);
    await stranger.sendAll();
    const ours = participant.open();
    connectEnds(participant, bridge);
    // All the way through ICE, DTLS and SCTP.
    while (ours.opened === 0) {
      await stranger.sendAll();
      await pause(1);
    }
    await stranger.sendAll();
    const theirs = await bridge.channel();
    ours.channel.send('hello');
    await theirs.has(1);
    expect(bridge.states).toEqual(['connecting', 'connected']);
    expect(bridge.transport.packetsReceived).toBeGreaterThan(100);
  });

  it('answers no check of somebody who does not know its password', async () => {
    await using bridge = await End.create({ end: 'bridge' });
    await using stranger = await Stranger.of(bridge);
    for (const password of ['guessed', undefined])
      stranger.send(check(`${bridge.local.ufrag}:abcd`, password));
    stranger.send(check('abcd:efgh', bridge.local.pwd));
    stranger.send(check(`${bridge.local.ufrag}:abcd`, bridge.local.pwd));
    await waitFor(() => stranger.answers.length > 0, { what: 'answer to the one check that is right' });
    await pause(100);
    expect(stranger.answers).toHaveLength(1);
    expect(bridge.transport.packetsReceived).toBe(4);
  });
});

describe('junk from where the other side is', () => {
  it('disturbs a connection as little as loss does', async () => {
    await using bridge = await End.create({ end: 'bridge' });
    await using path = await UdpPath.to(bridge.local);
    await using participant = await End.create({ end: 'participant' });
    const ours = participant.open();
    participant.transport.connect(path.seenFrom(bridge.local));
    bridge.transport.connect(answerOf(participant));
    await ours.isOpen();
    const theirs = await bridge.channel();
    for (const datagram of nonsense) {
      path.toBridge(datagram);
      path.toParticipant(datagram);
    }
    ours.channel.send('hello');
    theirs.channel.send('welcome');
    await Promise.all([theirs.has(1), ours.has(1)]);
    expect(participant.states).toEqual(['connecting', 'connected']);
  });

  it('may keep a handshake from its end, and no more', async () => {
    await using bridge = await End.create({ end: 'bridge' });
    await using path = await UdpPath.to(bridge.local);
    await using participant = await End.create({ end: 'participant' });
    path.loses = ([first = 0]) => {
      if (first <= 3) return false;
      for (const datagram of nonsense) {
        path.toBridge(datagram);
        path.toParticipant(datagram);
      }
      return false;
    };
    participant.transport.connect(path.seenFrom(bridge.local));
    bridge.transport.connect(answerOf(participant));
    for (const { transport } of [participant, bridge]) {
      // How it ends depends on what the system drops of the bursts.
      await waitFor(() => transport.packetsReceived > 300 || transport.state === 'failed', {
        what: 'a lot of junk',
      });
    }
  });

  it('loses at most some time when datagrams come twice, or late', async () => {
    await using bridge = await End.create({ end: 'bridge' });
    await using path = await UdpPath.to(bridge.local);
    await using participant = await End.create({ end: 'participant' });
    const late: (() => void)[] = [];
    path.loses = (datagram, to) => {
      const again = (): void => (to === 'bridge' ? path.toBridge(datagram) : path.toParticipant(datagram));
      again();
      late.push(again);
      return false;
    };
    const ours = participant.open();
    participant.transport.connect(path.seenFrom(bridge.local));
    bridge.transport.connect(answerOf(participant));
    await ours.isOpen();
    const theirs = await bridge.channel();
    for (const again of late.splice(0)) again();
    ours.channel.send('once');
    theirs.channel.send('only');
    await Promise.all([theirs.has(1), ours.has(1)]);
    expect([theirs.texts, ours.texts]).toEqual([['once'], ['only']]);
  });
});

/** Somebody with a socket of his own. */
class Stranger implements AsyncDisposable {
  readonly answers: Buffer[] = [];
  readonly #socket: Socket = createSocket('udp4');
  readonly #port: number;

  static async of(end: End): Promise<Stranger> {
    const stranger = new Stranger(end.local.candidates[0]?.port ?? 0);
    stranger.#socket.bind(0, '127.0.0.1');
    await once(stranger.#socket, 'listening');
    return stranger;
  }

  private constructor(port: number) {
    this.#port = port;
    this.#socket.on('message', (answer) => this.answers.push(answer));
  }

  send(datagram: Buffer): void {
    this.#socket.send(datagram, this.#port, '127.0.0.1');
  }

  async sendAll(): Promise<void> {
    for (const datagram of nonsense) this.send(datagram);
    await pause(1);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    await once(this.#socket, 'close');
  }
}

/** A connectivity check (RFC 8445, 7.2.5), with MESSAGE-INTEGRITY when there is a password. */
function check(username: string, password: string | undefined): Buffer {
  const request = new Message(methods.BINDING, classes.REQUEST);
  request.setAttribute('USERNAME', username).setAttribute('PRIORITY', 1).setAttribute('ICE-CONTROLLED', 1n);
  if (password !== undefined) request.addMessageIntegrity(Buffer.from(password));
  request.addFingerprint();
  return request.bytes;
}

const nonsense: readonly Buffer[] = [
  Buffer.alloc(0),
  ...[0, 1, 3, 20, 21, 22, 23, 24, 63, 64, 127, 128, 191, 255].flatMap((first) =>
    [1, 2, 12, 13, 14, 20, 25, 40, 100, 1500, 9000].map((length) => filled(first, length)),
  ),
  // STUN with its cookie and attributes that are none
  Buffer.concat([
    Buffer.from('000100082112a442', 'hex'),
    Buffer.alloc(12, 7),
    Buffer.from('00060100', 'hex'),
    Buffer.alloc(4),
  ]),
  Buffer.concat([Buffer.from('000100002112a442', 'hex'), Buffer.alloc(12, 7)]),
  Buffer.concat([Buffer.from('010100002112a442', 'hex'), Buffer.alloc(12, 7)]),
  Buffer.concat([
    Buffer.from('000100042112a442', 'hex'),
    Buffer.alloc(12, 7),
    Buffer.from('00080000', 'hex'),
  ]),
  // DTLS records whose lengths are right: handshake messages of all kinds, alerts, data
  ...[0, 1, 2, 3, 11, 12, 13, 14, 15, 16, 20, 99].map((type) =>
    record(22, handshake(type, Buffer.alloc(30, 0xff))),
  ),
  ...[0, 1, 2, 3, 11, 12, 13, 14, 15, 16, 20].map((type) => record(22, handshake(type, Buffer.alloc(0)))),
  record(20, Buffer.from([1])),
  record(21, Buffer.from([2, 40])),
  record(23, Buffer.alloc(64, 1)),
  record(25, Buffer.alloc(64, 1)),
];

function filled(first: number, length: number): Buffer {
  const datagram = Buffer.alloc(length, 0xa5);
  datagram[0] = first;
  return datagram;
}

/** RFC 6347, 4.1 */
function record(type: number, fragment: Buffer): Buffer {
  const head = Buffer.from([type, 254, 253, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0]);
  head.writeUInt16BE(fragment.length, 11);
  return Buffer.concat([head, fragment]);
}

/** RFC 6347, 4.2.2 */
function handshake(type: number, body: Buffer): Buffer {
  const { length } = body;
  return Buffer.concat([Buffer.from([type, 0, 0, length, 0, 0, 0, 0, 0, 0, 0, length]), body]);
}
