/**
 * Datagrams at the ports of an ICE agent with a relay: STUN, TURN and what else may come there, through the agent's own sockets. Where the
 * engine below trips over one, that has to stay in there.
 */
import { createHash, createHmac } from 'node:crypto';
import type { Socket } from 'node:dgram';
import diagnostics from 'node:diagnostics_channel';
import { crc32 } from 'node:zlib';
import * as fc from 'fast-check';
import type { Logger } from '../../../src/base/logger.ts';
import { IceAgent } from '../../../src/rtc/werift/ice/agent.ts';
import { byteEdit, damagedBytes, editedBytes, joined } from '../bytes.ts';
import { wasRead } from '../outcome.ts';
import type { FuzzTarget, Subject } from '../target.ts';

/** Of the other side, and of the relay's user. */
const remote = { ufrag: 'remoteuf', pwd: 'the password of the other side' };
const server = { username: 'user', credential: 'secret', realm: 'realm' };
/** As long as ours, which is another each time. */
const ufragHere = 'LOCALUFR';
const addresses = [
  { address: '192.0.2.1', port: 10_000 },
  { address: '192.0.2.2', port: 10_001 },
  { address: '2001:db8::1%eth0', port: 5 },
  { address: '127.0.0.1', port: 3_478 },
];

/** What the first byte of an input says about the datagram that follows it. */
const flags = { signed: 1, answers: 2, relay: 4 };
const flagBits = 3;

/** RFC 8489, 18.3; RFC 8656, 18; RFC 8445, 20.1 */
const types = {
  mappedAddress: 0x0001,
  username: 0x0006,
  integrity: 0x0008,
  errorCode: 0x0009,
  unknownAttributes: 0x000a,
  channelNumber: 0x000c,
  lifetime: 0x000d,
  peerAddress: 0x0012,
  data: 0x0013,
  realm: 0x0014,
  nonce: 0x0015,
  relayedAddress: 0x0016,
  requestedTransport: 0x0019,
  xorMappedAddress: 0x0020,
  priority: 0x0024,
  useCandidate: 0x0025,
  software: 0x8022,
  fingerprint: 0x8028,
  controlled: 0x8029,
  controlling: 0x802a,
};
type Attribute = [type: number, value: Uint8Array];

const utf8 = new TextEncoder();
const address = Uint8Array.of(0, 1, 0x12, 0x34, 1, 2, 3, 4);
const username: Attribute = [types.username, utf8.encode(`${ufragHere}:${remote.ufrag}`)];
const priority: Attribute = [types.priority, Uint8Array.of(110, 0, 1, 255)];
const challenge: Attribute[] = [
  [types.errorCode, Uint8Array.of(0, 0, 4, 1, 0x6e, 0x6f)],
  [types.realm, utf8.encode(server.realm)],
  [types.nonce, utf8.encode('nonce')],
];
/** Methods and classes in one number (RFC 8489, 5). */
const [binding, bindingResponse, bindingError] = [0x0001, 0x0101, 0x0111];
const [allocateResponse, allocateError, refreshResponse, channelResponse] = [0x0103, 0x0113, 0x0104, 0x0109];
const [dataIndication, bindingIndication] = [0x0017, 0x0011];
/** Those of a TURN server. */
const relayTypes = new Set([
  allocateResponse,
  allocateError,
  refreshResponse,
  channelResponse,
  dataIndication,
]);

const messages: [type: number, attributes: Attribute[]][] = [
  [
    binding,
    [username, priority, [types.controlling, new Uint8Array(8)], [types.useCandidate, new Uint8Array()]],
  ],
  [binding, [username, priority, [types.controlled, new Uint8Array(8).fill(255)]]],
  [binding, [username]],
  [bindingResponse, [[types.xorMappedAddress, address]]],
  [bindingError, [[types.errorCode, Uint8Array.of(0, 0, 4, 87)]]],
  [bindingError, [[types.errorCode, Uint8Array.of(0, 0, 4, 3)]]],
  [bindingIndication, []],
  [allocateError, challenge],
  [
    allocateResponse,
    [
      [types.relayedAddress, address],
      [types.xorMappedAddress, address],
      [types.lifetime, Uint8Array.of(0, 0, 2, 88)],
    ],
  ],
  [refreshResponse, [[types.lifetime, Uint8Array.of(0, 0, 0, 0)]]],
  [channelResponse, []],
  [
    dataIndication,
    [
      [types.peerAddress, address],
      [types.data, Uint8Array.of(0, 1, 0, 0)],
    ],
  ],
];

const attribute: fc.Arbitrary<Attribute> = fc.tuple(
  fc.oneof(fc.constantFrom(...Object.values(types)), fc.nat(0xffff)),
  fc.oneof(
    fc.uint8Array({ maxLength: 24 }),
    fc.constantFrom(
      address,
      Uint8Array.of(0, 2, 0, 1, ...Array<number>(16).fill(9)),
      Uint8Array.of(0, 1, 0, 0),
      username[1],
    ),
  ),
);

/** With attributes that are missing, twice there, or odd; then with damage to its bytes. */
const message = fc
  .tuple(
    fc.constantFrom(...messages),
    fc.array(fc.tuple(fc.nat(5), fc.constantFrom('insert', 'replace', 'remove', 'double'), attribute), {
      maxLength: 3,
    }),
    fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.nat(0x3fff) }),
  )
  .map(([[type, attributes], edits, otherType]) => {
    const list = [...attributes];
    for (const [at, kind, odd] of edits) {
      const index = at % (list.length + 1);
      const old = list[index];
      if (kind === 'double') list.push(...(old ? [old] : []));
      else list.splice(index, kind === 'insert' ? 0 : 1, ...(kind === 'remove' ? [] : [odd]));
    }
    return [written(otherType ?? type, list), relayTypes.has(type)] as const;
  });

const known = messages.map(([type, attributes]) => written(type, attributes));
/** ChannelData (RFC 8656, 12.4), the first bytes of DTLS, of media, and of nothing. */
const others = [
  Uint8Array.of(0x40, 0, 0, 4, 1, 2, 3, 4),
  Uint8Array.of(0x40, 0, 0xff, 0xff, 1),
  Uint8Array.of(22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 0),
  Uint8Array.of(0x80, 100, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 5),
  new Uint8Array(),
];

export const stunTarget: FuzzTarget<Uint8Array> = {
  name: 'stun',
  inputs: fc.oneof(
    {
      weight: 8,
      arbitrary: fc
        .tuple(message, fc.nat(7), fc.nat(addresses.length - 1), fc.array(byteEdit(known), { maxLength: 1 }))
        // Most as their sender would send them: to where it belongs, signed, as the answer to a request.
        .map(([[datagram, isRelayed], chance, from, edits]) => {
          const isAnswer = (datagram[0] ?? 0) % 2 === 1;
          const usual = flags.signed | (isAnswer ? flags.answers : 0) | (isRelayed ? flags.relay : 0);
          const flag = chance < 5 ? usual : usual ^ (1 << (chance - 5));
          return input(flag, from, chance % 2 === 0 ? datagram : edits.reduce(editedBytes, datagram));
        }),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.nat(2 ** flagBits - 1), fc.nat(addresses.length - 1), damagedBytes([...known, ...others]))
        .map(([flag, from, datagram]) => input(flag, from, datagram)),
    },
  ),
  worst: () => {
    const many = (attribute: Attribute, count: number): Uint8Array =>
      joined([Uint8Array.of(flags.signed), written(binding, Array<Attribute>(count).fill(attribute))]);
    return {
      'many attributes': many([types.software, new Uint8Array()], 16_000),
      'many user names': many(username, 2_000),
      'a long attribute': many([types.data, new Uint8Array(65_000)], 1),
      'many unknown attributes': many([0x7fff, new Uint8Array(4)], 8_000),
    };
  },
  open: () => IceSubject.open(),
};

function input(flag: number, from: number, datagram: Uint8Array): Uint8Array {
  return joined([Uint8Array.of(flag | (from << flagBits)), datagram]);
}

class IceSubject implements Subject<Uint8Array> {
  readonly #agent: IceAgent;
  readonly #sockets: Socket[] = [];
  #lastRequest = new Uint8Array(20);
  #isAnswered = false;
  #isGivenOn = false;
  #isCaught = false;

  static async open(): Promise<IceSubject> {
    const subject = new IceSubject();
    await subject.#start();
    return subject;
  }

  private constructor() {
    const logger: Logger = {
      log: (_level, text) => {
        if (text.includes('made no sense')) this.#isCaught = true;
      },
      child: () => logger,
    };
    this.#agent = new IceAgent(
      {
        end: 'participant',
        hostAddress: '127.0.0.1',
        loopback: true,
        path: undefined,
        iceServers: [{ urls: ['turn:127.0.0.1:3478?transport=udp'], ...server }],
        iceTransportPolicy: 'all',
        probes: false,
        logger,
      } as never,
      {
        candidate() {},
        connected() {},
        disconnected() {},
        failed() {},
        answered() {},
        data: () => {
          this.#isGivenOn = true;
        },
      },
    );
  }

  async #start(): Promise<void> {
    const opened = (note: unknown): void => {
      const { socket } = note as { socket: Socket };
      this.#sockets.push(socket);
      // Nobody is there: what goes out is looked at.
      socket.send = (data: Uint8Array, ...rest: unknown[]): void => {
        this.#sent(data);
        const done = rest.at(-1);
        if (typeof done === 'function') done(null);
      };
    };
    diagnostics.subscribe('udp.socket', opened);
    try {
      await this.#agent.gather();
      while (this.#sockets.length < 2) await new Promise((resolve) => setImmediate(resolve));
    } finally {
      diagnostics.unsubscribe('udp.socket', opened);
    }
    this.#agent.connect(remote.ufrag, remote.pwd);
    this.#agent.addRemoteCandidates([
      {
        foundation: '1',
        component: 1,
        protocol: 'udp',
        priority: 1,
        ip: '192.0.2.1',
        port: 10_000,
        type: 'host',
        generation: 0,
        id: 'a',
      },
    ]);
  }

  #sent(data: Uint8Array): void {
    this.#isAnswered = true;
    const isRequest = data.length >= 20 && ((data[0] ?? 0) & 0x41) === 0 && ((data[1] ?? 0) & 0x10) === 0;
    if (isRequest) this.#lastRequest = Uint8Array.from(data.subarray(0, 20));
  }

  read([flag = 0, ...rest]: Uint8Array): string {
    const datagram = this.#addressed(Buffer.from(rest), flag);
    const isRelay = (flag & flags.relay) !== 0;
    const from = isRelay
      ? { address: '127.0.0.1', port: 3_478 }
      : addresses[(flag >>> flagBits) % addresses.length];
    this.#isAnswered = this.#isGivenOn = this.#isCaught = false;
    this.#sockets[isRelay ? 1 : 0]?.emit('message', datagram, {
      ...from,
      family: 'IPv4',
      size: datagram.length,
    });
    if (this.#isCaught) return 'made-no-sense';
    return this.#isAnswered || this.#isGivenOn ? wasRead : 'ignored';
  }

  close(): Promise<void> {
    return this.#agent.close();
  }

  /** With what its sender would know: our name, the number of our request, the password. */
  #addressed(datagram: Buffer, flag: number): Buffer {
    const place = datagram.indexOf(ufragHere);
    if (place >= 0) datagram.write(this.#agent.ufrag, place);
    if (flag & flags.answers && datagram.length >= 20) datagram.set(this.#lastRequest.subarray(4, 20), 4);
    if (!(flag & flags.signed) || datagram.length < 20) return datagram;
    const isAnswer = ((datagram[0] ?? 0) & 1) === 1;
    const key = isAnswer ? remote.pwd : this.#agent.pwd;
    return signed(datagram, flag & flags.relay ? longTermKey : Buffer.from(key));
  }
}

const longTermKey = createHash('md5')
  .update(`${server.username}:${server.realm}:${server.credential}`)
  .digest();

/** A message with magic cookie and number (RFC 8489, 5). */
function written(type: number, attributes: readonly Attribute[]): Uint8Array {
  const head = Buffer.alloc(20);
  head.writeUInt16BE(type & 0xffff, 0);
  head.writeUInt32BE(0x2112a442, 4);
  head.fill(7, 8);
  const body = joined(
    attributes.flatMap(([attributeType, value]) => {
      const before = Buffer.alloc(4);
      before.writeUInt16BE(attributeType & 0xffff, 0);
      before.writeUInt16BE(value.length, 2);
      return [before, value, new Uint8Array((4 - (value.length % 4)) % 4)];
    }),
  );
  head.writeUInt16BE(body.length & 0xffff, 2);
  return joined([head, body]);
}

/** With MESSAGE-INTEGRITY and FINGERPRINT (RFC 8489, 14.5 and 14.7). */
function signed(datagram: Buffer, key: Buffer): Buffer {
  const attributes = datagram.length - 20;
  datagram.writeUInt16BE((attributes + 24) & 0xffff, 2);
  const integrity = Buffer.concat([
    Buffer.of(0, types.integrity, 0, 20),
    createHmac('sha1', key).update(datagram).digest(),
  ]);
  datagram.writeUInt16BE((attributes + 32) & 0xffff, 2);
  const whole = Buffer.concat([datagram, integrity]);
  const fingerprint = Buffer.alloc(8);
  fingerprint.writeUInt16BE(types.fingerprint, 0);
  fingerprint.writeUInt16BE(4, 2);
  fingerprint.writeUInt32BE((crc32(whole) ^ 0x5354554e) >>> 0, 4);
  return Buffer.concat([whole, fingerprint]);
}
