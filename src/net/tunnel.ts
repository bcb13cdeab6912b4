/**
 * A connection through an HTTP proxy (RFC 9110, 9.3.6: CONNECT), for addresses with and without TLS. Node's own client speaks to the proxy:
 * what it answers is bounded, and whoever gives up leaves nothing open.
 */
import http from 'node:http';
import https from 'node:https';
import { isIPv6, type Socket } from 'node:net';
import { ConnectionError } from '../base/errors.ts';
import { startTimer } from '../base/timer.ts';
import { networkError, withoutSecrets } from './network-error.ts';
import { type TlsTrust, tlsOptionsOfOthers } from './tls-trust.ts';

/** ms for the proxy to make the connection */
const patience = 10_000;

export interface TunnelOptions {
  host: string;
  port: number;
  trust: TlsTrust;
  signal: AbortSignal;
}

/** @throws ConnectionError `proxy-refused`, `proxy-timeout`, or what went wrong on the way to the proxy */
export function openTunnel(proxy: URL, { host, port, trust, signal }: TunnelOptions): Promise<Socket> {
  const target = `${isIPv6(host) ? `[${host}]` : host}:${port}`;
  const tried = `asking the proxy ${withoutSecrets(proxy.origin)} for a connection to ${target}`;
  const { request } = proxy.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    const asked = request(proxy.origin, {
      method: 'CONNECT',
      path: target,
      headers: { host: target, ...authorization(proxy) },
      agent: false,
      signal,
      ...tlsOptionsOfOthers(trust),
    });
    const cancelTimer = startTimer(patience, () => asked.destroy(tooLate(tried)));
    asked.once('connect', ({ statusCode = 0 }, socket: Socket, head) => {
      cancelTimer();
      if (statusCode >= 200 && statusCode < 300) {
        socket.on('error', () => {}); // nobody else listens until it is handed over
        if (head.length > 0) socket.unshift(head);
        resolve(socket);
      } else {
        socket.destroy();
        reject(refused(tried, statusCode, proxy.username !== ''));
      }
    });
    asked.once('close', cancelTimer);
    asked.on('error', (error) =>
      reject(error instanceof ConnectionError ? error : networkError(tried, error)),
    );
    asked.end();
  });
}

/** RFC 7617 */
function authorization({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  const credentials = `${decoded(username)}:${decoded(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function refused(tried: string, status: number, hadLogin: boolean): ConnectionError {
  const login = hadLogin
    ? 'it does not take this user and password'
    : 'it wants a user and a password: http://USER:PASSWORD@HOST:PORT';
  const hint = status === 407 ? login : 'ask who runs it whether it lets you go there, and by CONNECT';
  return new ConnectionError(`${tried}: it answered with HTTP status ${status}; ${hint}`, {
    code: 'proxy-refused',
    retryable: status >= 500,
  });
}

function tooLate(tried: string): ConnectionError {
  return new ConnectionError(`${tried}: no answer within ${patience / 1000} s; check the proxy's address`, {
    code: 'proxy-timeout',
    retryable: true,
  });
}
