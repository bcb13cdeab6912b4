/** The URLs that config.js names, which may be relative to the page. */
import type { MeetingAddress } from './meeting-address.ts';

/** The directory that relative URLs of config.js refer to, with the tenant. */
export function pageUrl({ origin, tenant }: MeetingAddress): string {
  return tenant === '' ? `${origin}/` : `${origin}/${tenant}/`;
}

/** The page of the meeting as a script sees it; tokens are not among what it sees. */
export function meetingUrl(address: MeetingAddress): string {
  const { roomName, search = '', hash = '' } = address;
  return pageUrl(address) + encodeURIComponent(roomName) + search + hash;
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
  if (!namesItsHost(text)) return undefined;
  let url: URL;
  try {
    url = new URL(text, page);
  } catch {
    return undefined;
  }
  url.protocol = schemes[url.protocol] ?? url.protocol;
  url.hash = '';
  return accepted.includes(url.protocol) && isHostName(url.hostname) ? url.href : undefined;
}

/**
 * Whether a URL that seems to have a host has one: of `wss:///xmpp-websocket`, as it comes out where a name was not known,
 * the URL parser would make the path's first segment the host. Relative ones have the page's.
 */
function namesItsHost(text: string): boolean {
  const scheme = /^[a-z][a-z\d+.-]*:/i.exec(text)?.[0] ?? '';
  const rest = text.slice(scheme.length);
  const slashes = /^[\\/]*/.exec(rest)?.[0] ?? '';
  if (scheme === '' && slashes.length < 2) return true;
  return slashes === '//' && !/^[?#]/.test(rest.slice(2));
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

/** What JavaScript and servers write for a value that they do not have. */
const unknownLabels: ReadonlySet<string> = new Set(['undefined', 'null', 'nan', '(none)']);

/** What comes to stand in a name's place where the name got lost: the path, a second scheme, a value that is no text. */
const strayNames: ReadonlySet<string> = new Set([
  'conference-request',
  'http-bind',
  'xmpp-websocket',
  'http',
  'https',
  'ws',
  'wss',
  'true',
  'false',
  'infinity',
]);

/**
 * Whether it may be the name of a host or of an XMPP domain: labels with something in them, and nothing that a template left
 * behind. Names in other scripts than Latin are.
 */
export function isHostName(name: string): boolean {
  if (/^\[[\da-f:.]+\]$/i.test(name)) return true;
  if (strayNames.has(name.toLowerCase())) return false;
  // A dot at the end marks a full name, and a name that lost its second half.
  const labels = (name.endsWith('.') && name.indexOf('.') < name.length - 1 ? name.slice(0, -1) : name).split(
    '.',
  );
  return labels.every(
    (label) => /^[\p{L}\p{M}\p{N}_-]+$/u.test(label) && !unknownLabels.has(label.toLowerCase()),
  );
}
