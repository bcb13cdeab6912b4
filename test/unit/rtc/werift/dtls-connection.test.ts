import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../../../src/base/logger.ts';
import { DtlsConnection } from '../../../../src/rtc/werift/dtls-connection.ts';
import { identityOf } from '../../../../src/rtc/werift/identity.ts';

/**
 * Two ends without a network between them; each event with its end.
 *
 * @param lost the first handshake message of this type does not arrive
 */
function connect(lost?: number): {
  events: string[];
  datagrams: number[];
  ended: Promise<void>;
  close(): void;
} {
  const events: string[] = [];
  const datagrams: number[] = [];
  const identity = identityOf();
  const remote = { ufrag: 'u', pwd: 'p', fingerprints: [identity.fingerprint] };
  let finish = (): void => {};
  const ended = new Promise<void>((resolve) => (finish = resolve));
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
          if (!isLost && datagram[0] === handshakeRecord && datagram[13] === lost) isLost = true;
          else setImmediate(() => ends[1 - own]?.receive(datagram));
        },
      },
      {
        connected() {
          events.push(`${dtlsRole} connected`);
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
  return { events, datagrams, ended, close: () => ends.forEach((end) => end.close()) };
}

const handshakeRecord = 22;

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
    ['ServerHello', 2],
    ['Certificate', 11],
    ['ServerKeyExchange', 12],
    ['CertificateRequest', 13],
    ['ServerHelloDone', 14],
  ])('comes about without the first %s', async (_, type) => {
    const { ended, close } = connect(type);
    await ended;
    close();
  });
});
