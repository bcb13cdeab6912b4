/**
 * STUN and TURN services as WebRTC wants them (lib-jitsi-meet `strophe.jingle.js`, `_parseService`): what a browser's
 * RTCPeerConnection takes (RFC 7064, RFC 7065; W3C WebRTC, 4.4.1.6 "set a configuration"). It throws for a whole list when one
 * entry is wrong, so the wrong ones are left out.
 */
import { defined } from '../base/defined.ts';
import type { ExternalService } from '../xmpp/extdisco.ts';
import { isHostName } from './service-urls.ts';

/** A W3C RTCIceServer. */
export interface IceServer {
  urls: string;
  username?: string;
  credential?: string;
}

const types: ReadonlySet<string> = new Set(['stun', 'stuns', 'turn', 'turns']);

/** RFC 8489, 14.3: bytes of a user name. */
const longestUsername = 508;

/**
 * Services of other kinds are left out in silence. An address of IPv6 gets its brackets (RFC 7065, 3.1).
 * @param leftOut hears of every STUN and TURN service that no browser would take, and why
 */
export function iceServersFrom(
  services: readonly ExternalService[],
  leftOut: (service: string, why: string) => void = () => {},
): IceServer[] {
  return services.flatMap((service) => {
    const type = service.type.trim().toLowerCase();
    if (!types.has(type)) return [];
    const server = type.startsWith('turn') ? turnServer(type, service) : stunServer(type, service);
    if (typeof server !== 'string') return [server];
    leftOut(`${type} ${service.host} ${service.port ?? ''}`.trim(), server);
    return [];
  });
}

/** A string says what is wrong with it. */
function stunServer(type: string, service: ExternalService): IceServer | string {
  const address = addressOf(service);
  if (typeof address !== 'object') return address;
  return defined({
    urls: `${type}:${address.text}`,
    username: service.username || undefined,
    credential: service.password || undefined,
  });
}

function turnServer(type: string, service: ExternalService): IceServer | string {
  const address = addressOf(service);
  if (typeof address !== 'object') return address;
  const { username, password } = service;
  if (!username || !password) return 'TURN needs both user name and password';
  if (new TextEncoder().encode(username).length > longestUsername) return 'the user name is too long';
  const transport = service.transport?.trim().toLowerCase() || 'udp';
  if (transport !== 'udp' && transport !== 'tcp') return `the transport ${transport} is unknown`;
  const query = transport === 'udp' ? '' : `?transport=${transport}`;
  return { urls: `${type}:${address.text}${query}`, username, credential: password };
}

/** Host and port as they stand in the URL; without a port the default one counts. */
function addressOf(service: ExternalService): { text: string } | string {
  const { name, inHost } = hostOf(service.host.trim()) ?? {};
  if (name === undefined) return 'the host is none';
  const given = service.port?.trim() || undefined;
  if (given !== undefined && inHost !== undefined) return 'the host has a port already';
  const port = given ?? inHost;
  if (port === undefined) return { text: name };
  const number = /^\d{1,9}$/.test(port) ? Number(port) : 0;
  return number < 1 || number > 65_535 ? 'the port is none' : { text: `${name}:${number}` };
}

/** Some write the port behind the host. */
function hostOf(text: string): { name: string; inHost: string | undefined } | undefined {
  const isBareIPv6 = !text.startsWith('[') && text.split(':').length > 2;
  const [, address, name, inHost] =
    /^(?:\[([^\]]*)\]|([^:[\]]+))(?::(\d{0,9}))?$/.exec(isBareIPv6 ? `[${text}]` : text) ?? [];
  const host = address === undefined ? name : `[${address}]`;
  if (host === undefined || !isHostName(host)) return undefined;
  try {
    // Checks an address, and puts a name in another script into the letters of DNS.
    const { hostname } = new URL(`http://${host}/`);
    return { name: /^[\u0020-\u007e]*$/.test(host) ? host : hostname, inHost };
  } catch {
    return undefined;
  }
}
