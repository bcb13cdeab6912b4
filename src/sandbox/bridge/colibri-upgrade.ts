/** Who may open a colibri WebSocket (jitsi-videobridge `ColibriWebSocketServlet.java`). */
import type { Duplex } from 'node:stream';

/** The only server that this bridge answers for. */
export const serverId = 'default-id';

/** The path and query of an endpoint's WebSocket. */
export function colibriPath(conferenceId: string, endpointId: string, password: string): string {
  return `/colibri-ws/${serverId}/${conferenceId}/${encodeURIComponent(endpointId)}?pwd=${password}`;
}

export interface ColibriRequest {
  conferenceId: string;
  endpointId: string;
  /** Undefined when the query does not begin with it. */
  password: string | undefined;
}

/**
 * @param url path and query; what precedes `/colibri-ws/` is a tenant's name
 * @returns undefined for a path that is too short or another server's: 404
 */
export function readColibriUrl(url: string): ColibriRequest | undefined {
  const [path = '', ...query] = url.split('?');
  const ids = path.slice(path.indexOf('/colibri-ws/')).split('/').slice(2);
  const [server, conferenceId, endpointId] = ids.map(decode);
  if (server !== serverId || conferenceId === undefined || endpointId === undefined) return undefined;
  const parameters = query.join('?');
  const password = parameters.startsWith('pwd=') ? parameters.slice('pwd='.length) : undefined;
  return { conferenceId, endpointId, password };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function refuseUpgrade(socket: Duplex, status: 403 | 404): void {
  const [line, body] =
    status === 403 ? ['403 Forbidden', 'authentication failed'] : ['404 Not Found', 'invalid path'];
  socket.end(
    `HTTP/1.1 ${line}\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
}
