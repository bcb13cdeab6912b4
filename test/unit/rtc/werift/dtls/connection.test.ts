import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../../../../src/base/logger.ts';
import { DtlsConnection } from '../../../../../src/rtc/werift/dtls/connection.ts';
import { identityOf } from '../../../../../src/rtc/werift/dtls/identity.ts';

/**
 * Two ends without a network between them; each event with its end.
 *
 * @param lost the first handshake message of this type does not arrive
 * @param from the end that sends it; default: whichever does first
 */
function connect(
  lost?: number,
  from?: 'client' | 'server',
): {
  events: string[];
  datagrams: number[];
  connected: Promise<void>;
  ended: Promise<void>;
  close(): void;
} {
  const events: string[] = [];
  const datagrams: number[] = [];
  const identity = identityOf();
  const remote = { ufrag: 'u', pwd: 'p', fingerprints: [identity.fingerprint] };
  let finish = (): void => {};
  let becomeConnected = (): void => {};
  const ended = new Promise<void>((resolve) => (finish = resolve));
  const connected = new Promise<void>((resolve) => (becomeConnected = resolve));
  const ends: DtlsConnection[] = [];
  let isLost = false;
  for (const dtlsRole of ['server', 'client'] as const) {
    const own = ends.length;
    const connection = new DtlsConnection(
      {
        identity,
        remote: { ...remote, dtlsRole },
        logger: silentLogger,
        async send(datagram) {
          if (dtlsRole === 'client') datagrams.push(datagram[13] ?? -1);
          const isTheOne = datagram[0] === handshakeRecord && typeOf(datagram) === lost;
          if (!isLost && isTheOne && dtlsRole === (from ?? dtlsRole)) isLost = true;
          else setImmediate(() => ends[1 - own]?.receive(datagram));
        },
      },
      {
        connected() {
          events.push(`${dtlsRole} connected`);
          if (events.filter((event) => event.endsWith('connected')).length === 2) becomeConnected();
          void ends[own]?.send(Buffer.from(dtlsRole));
        },
        data(data) {
          events.push(`${dtlsRole} got ${data.toString()}`);
          if (events.length === 4) finish();
        },
        failed: (reason) => events.push(`${dtlsRole} failed: ${reason}`),
      },
    );
    ends.push(connection);
  }
  return { events, datagrams, connected, ended, close: () => ends.forEach((end) => end.close()) };
}

const handshakeRecord = 22;
const encrypted = -1;

function typeOf(datagram: Buffer): number {
  return datagram.readUInt16BE(3) > 0 ? encrypted : (datagram[13] ?? 0);
}

describe('a DTLS connection', () => {
  it('begins with its ClientHello at once, and carries data', async () => {
    const { events, datagrams, ended, close } = connect();
    const clientHello = 1;
    expect(datagrams).toEqual([clientHello]);
    await ended;
    close();
    expect(events.toSorted()).toEqual([
      'client connected',
      'client got server',
      'server connected',
      'server got client',
    ]);
  });

  it.concurrent.each([
    ['ClientHello', 1],
    ['ServerHello', 2],
    ['Certificate', 11],
    ['ServerKeyExchange', 12],
    ['CertificateRequest', 13],
    ['ServerHelloDone', 14],
    ['ClientKeyExchange', 16],
    ['CertificateVerify', 15],
  ])('comes about without the first %s', async (_, type) => {
    const { connected, close } = connect(type);
    await connected;
    close();
  });

  it.concurrent.each([
    ['the client’s Certificate', 11, 'client'],
    ['the client’s Finished', encrypted, 'client'],
    ['the server’s Finished', encrypted, 'server'],
  ] as const)('comes about without %s at first', async (_, type, from) => {
    const { connected, close } = connect(type, from);
    await connected;
    close();
  });
});
