/**
 * From what a person typed or pasted to the address of a meeting: web server, tenant, room, token. Implemented after
 * jitsi-meet, `react/features/base/util/uri.ts` (`parseURIString`) and `base/jwt/functions.ts`
 * (`parseJWTFromURLParams`). Nothing here says anything about XMPP domains: those come from config.js.
 */
import { defined } from '../base/defined.ts';
import { UsageError } from '../base/errors.ts';
import { backendSafeRoomName, decodeSegment, withoutExcludedCharacters } from './room-name.ts';

export interface MeetingAddress {
  /** scheme + host + port of the web server, e.g. 'https://meet.example.com', 'http://127.0.0.1:8080' */
  origin: string;
  /** '' when none; may have several segments; percent-encoded as in the URL's path */
  tenant: string;
  /** as typed or pasted, decoded for display */
  roomName: string;
  /** backend-safe name: the local part of the room JID, also the `room` query parameter */
  room: string;
  /** JWT found in the URL (`?jwt=`, `#jwt=`) */
  token?: string;
  /** `?…` of the page, for its config.js to read; nothing that may be secret is in it */
  search?: string;
  /** `#…`, likewise */
  hash?: string;
}

export interface MeetingAddressInput {
  /** `name`, `name:port`, `[::1]:8443`, or a URL whose path is the tenant. `http://` means no TLS; without scheme: https */
  host?: string;
  room?: string;
  /** A meeting's URL, with or without scheme. Instead of `host`. */
  url?: string;
}

/**
 * @throws UsageError `host-missing`, `host-invalid`, `url-invalid`, `address-conflict`, `room-missing`, or one of
 * {@link backendSafeRoomName}. A token in the URL is in no message.
 */
export function parseMeetingAddress(input: MeetingAddressInput): MeetingAddress {
  if (input.url !== undefined && input.host !== undefined) {
    throw new UsageError('both a host and a meeting URL were given: leave one of them out', {
      code: 'address-conflict',
    });
  }
  const text = (input.url ?? input.host ?? '').trim();
  if (text === '') {
    throw new UsageError(
      'no meeting was given: pass a host and a room (meet.example.com, standup) or a URL such as https://meet.example.com/standup',
      { code: 'host-missing' },
    );
  }
  const page = parsePage(text, input.url === undefined ? 'host-invalid' : 'url-invalid');
  const segments = page.pathname
    .split('/')
    .map(withoutExcludedCharacters)
    .filter((segment) => segment !== '');

  const typedRoom = input.room?.trim();
  if (input.url !== undefined && typedRoom !== undefined && segments.length > 0) {
    throw new UsageError(
      `the meeting URL ${forMessage(text)} names a room already, and the room ${JSON.stringify(typedRoom)} was given too: leave one of them out`,
      { code: 'address-conflict' },
    );
  }
  const roomName = typedRoom ?? segments.pop() ?? '';
  if (roomName === '') {
    throw new UsageError(
      `${forMessage(text)} names a server but no room: add one, as in ${page.origin}/standup, or give the room separately`,
      { code: 'room-missing' },
    );
  }
  return defined({
    origin: page.origin,
    tenant: segments.join('/'),
    roomName: decodeSegment(roomName),
    room: backendSafeRoomName(roomName),
    token: tokenIn(page),
    search: withoutSecretParameters(page.search),
    hash: withoutSecretParameters(page.hash),
  });
}

function parsePage(text: string, code: 'host-invalid' | 'url-invalid'): URL {
  const example =
    code === 'host-invalid'
      ? 'meet.example.com or https://meet.example.com:8443'
      : 'https://meet.example.com/standup';
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== 'https' && scheme !== 'http') {
    throw new UsageError(
      `${forMessage(text)} has the scheme ${scheme}://, and a Jitsi Meet page has https:// (or http:// without TLS)`,
      { code },
    );
  }
  let page: URL;
  try {
    page = new URL(scheme === undefined ? `https://${text.replace(/^\/\//, '')}` : text);
  } catch {
    // The cause is left out on purpose: it quotes the whole text, token included.
    throw new UsageError(`${forMessage(text)} is not an address: expected something like ${example}`, {
      code,
    });
  }
  if (page.username !== '' || page.password !== '') {
    throw new UsageError(
      `the address of ${page.host} holds a user name or password: give those as options of their own, and the address like ${example}`,
      { code },
    );
  }
  return page;
}

/** jitsi-meet reads the fragment first and means to drop the query form some day. Values of the fragment are JSON, quotes optional. */
function tokenIn(page: URL): string | undefined {
  const inFragment = new URLSearchParams(page.hash.slice(1)).get('jwt')?.replace(/^"(.*)"$/, '$1');
  return inFragment || page.searchParams.get('jwt') || undefined;
}

const secretName = /jwt|token|pass|pwd|secret|credential|auth/i;

/** A page's query or fragment without the parameters that may be secrets; undefined when nothing is left. */
function withoutSecretParameters(part: string): string | undefined {
  const kept = part
    .slice(1)
    .split('&')
    .filter((parameter) => ![...new URLSearchParams(parameter).keys()].some((name) => secretName.test(name)));
  return kept.join('') === '' ? undefined : `${part[0]}${kept.join('&')}`;
}

/** Values of a URL's parameters that may be secrets. */
export function secretParameters(url: string): string[] {
  const query = new URLSearchParams(/\?([^#]*)/.exec(url)?.[1] ?? '');
  return [...query].filter(([name]) => secretName.test(name)).map(([, value]) => value);
}

/** What may be shown of an address: no query, no fragment (tokens live there), no user name and password, which may hold anything. */
function forMessage(text: string): string {
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*:\/\/)?(.*)$/is.exec(text) ?? [];
  const at = rest.lastIndexOf('@');
  const withoutUser = rest.slice(0, Math.max(at, 0)).includes(':') ? `${scheme}${rest.slice(at + 1)}` : text;
  const shown = (withoutUser.split(/[?#]/, 1)[0] ?? '').slice(0, 200).split('/');
  return JSON.stringify(shown.map((part) => part.slice(part.lastIndexOf('@') + 1)).join('/'));
}
