/** STUN and TURN services as WebRTC wants them (lib-jitsi-meet `strophe.jingle.js`, `_parseService`). */
import type { ExternalService } from '../xmpp/extdisco.ts';

/** A W3C RTCIceServer. */
export interface IceServer {
  urls: string;
  username?: string;
  credential?: string;
}

const types = ['stun', 'stuns', 'turn', 'turns'];

/** Services of other kinds are left out. The host of an IPv6 service gets its brackets (RFC 7065, 3.1). */
export function iceServersFrom(services: readonly ExternalService[]): IceServer[] {
  return services
    .filter(({ type }) => types.includes(type))
    .map(({ type, host, port, transport, username, password }) => {
      const address = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
      const isTurn = type.startsWith('turn');
      const query = isTurn && transport !== undefined && transport !== 'udp' ? `?transport=${transport}` : '';
      const server: IceServer = { urls: `${type}:${address}${port === undefined ? '' : `:${port}`}${query}` };
      if (username !== undefined) server.username = username;
      if (password !== undefined) server.credential = password;
      return server;
    });
}
