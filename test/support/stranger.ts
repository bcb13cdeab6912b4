/** Datagrams of nonsense for a port that speaks STUN, DTLS, SRTP and SCTP, and somebody who sends them. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { classes, Message, methods } from 'werift';

/** Somebody with a socket of his own. */
export class Stranger implements AsyncDisposable {
  readonly answers: Buffer[] = [];
  readonly #socket: Socket = createSocket('udp4');
  readonly #port: number;

  /** @param port on 127.0.0.1 that datagrams go to */
  static async at(port: number): Promise<Stranger> {
    const stranger = new Stranger(port);
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
export function check(username: string, password: string | undefined): Buffer {
  const request = new Message(methods.BINDING, classes.REQUEST);
  request.setAttribute('USERNAME', username).setAttribute('PRIORITY', 1).setAttribute('ICE-CONTROLLED', 1n);
  if (password !== undefined) request.addMessageIntegrity(Buffer.from(password));
  request.addFingerprint();
  return request.bytes;
}

export const nonsense: readonly Buffer[] = [
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
