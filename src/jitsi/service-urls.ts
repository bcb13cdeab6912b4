/** The URLs that config.js names, which may be relative to the page. */
import type { MeetingAddress } from './meeting-address.ts';

/** The directory that relative URLs of config.js refer to, with the tenant. */
export function pageUrl({ origin, tenant }: MeetingAddress): string {
  return tenant === '' ? `${origin}/` : `${origin}/${tenant}/`;
}

/** Absolute `ws:` or `wss:` URL of an absolute, protocol-relative or relative one; undefined when it is none. */
export function resolveWebsocketUrl(text: string, page: string): string | undefined {
  return resolve(text, page, { 'http:': 'ws:', 'https:': 'wss:' }, ['ws:', 'wss:']);
}

/** Absolute `http:` or `https:` URL, likewise. */
export function resolveHttpUrl(text: string, page: string): string | undefined {
  return resolve(text, page, { 'ws:': 'http:', 'wss:': 'https:' }, ['http:', 'https:']);
}

function resolve(
  text: string,
  page: string,
  schemes: Readonly<Record<string, string>>,
  accepted: readonly string[],
): string | undefined {
  let url: URL;
  try {
    url = new URL(text, page);
  } catch {
    return undefined;
  }
  url.protocol = schemes[url.protocol] ?? url.protocol;
  url.hash = '';
  return accepted.includes(url.protocol) ? url.href : undefined;
}

/** Where servers have XMPP over WebSocket whose BOSH is at `bosh`: `/xmpp-websocket` beside `/http-bind`, with or without a slash behind it. */
export function boshToWebsocket(bosh: string): string {
  const url = new URL(bosh);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const segments = url.pathname.split('/').filter((segment) => segment !== '');
  url.pathname = [...segments.slice(0, -1), 'xmpp-websocket'].join('/');
  return url.href;
}

/** Whether the text names a WebSocket: Strophe, and so Jitsi's client, goes by the scheme and not by the setting's name. */
export function namesWebsocket(text: string): boolean {
  return /^wss?:/i.test(text);
}

export function isTls(url: string): boolean {
  return url.startsWith('https:') || url.startsWith('wss:');
}

export function withQuery(base: string, query: Readonly<Record<string, string | undefined>>): string {
  const url = new URL(base);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  return url.href;
}
