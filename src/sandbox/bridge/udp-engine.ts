/** Transports that are real as far as an offer tells of them: a UDP socket, ICE credentials, a certificate. Nobody answers on them. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createHash, X509Certificate } from 'node:crypto';
import { type RandomBytes, randomHex, randomToken } from '../../base/random.ts';
import type { PeerTransportEngine } from '../../rtc/peer-transport.ts';

export function createUdpEngine(random: RandomBytes): PeerTransportEngine {
  return {
    name: 'werift',
    async create({ certificate }) {
      const socket = createSocket('udp4');
      socket.bind(0, '127.0.0.1');
      await once(socket, 'listening');
      socket.unref();
      let packetsReceived = 0;
      socket.on('message', () => {
        packetsReceived += 1;
      });
      const closed = once(socket, 'close').then(() => {});
      const { address, port } = socket.address();
      const der = new X509Certificate(certificate?.certificatePem ?? '').raw;
      const digest = createHash('sha256').update(der).digest('hex').toUpperCase();
      let isOpen = true;
      return {
        local: {
          ufrag: randomToken(random, 14),
          pwd: randomToken(random, 26),
          rtcpMux: true,
          fingerprints: [
            {
              hash: 'sha-256',
              value: digest.match(/../g)?.join(':') ?? '',
              setup: 'actpass',
              cryptex: false,
            },
          ],
          candidates: [
            {
              foundation: '1',
              component: 1,
              protocol: 'udp',
              priority: 2_130_706_431,
              ip: address,
              port,
              type: 'host',
              generation: 0,
              id: randomHex(random, 24),
            },
          ],
          webSocketUrls: [],
        },
        state: 'new',
        get packetsReceived() {
          return packetsReceived;
        },
        connect() {},
        openDataChannel() {
          throw new Error('no data channels');
        },
        close() {
          if (isOpen) socket.close();
          isOpen = false;
          return closed;
        },
      };
    },
  };
}
