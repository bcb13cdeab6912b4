/**
 * The names of rooms and tenants as servers know them. Implemented after jitsi-meet, `react/features/base/util/uri.ts`
 * (`_fixPathPart`, `getBackendSafeRoomName`) and docker-jitsi-meet, `web/rootfs/defaults/meet.conf` and
 * `system-config.js` (the "subdomain" of a tenant).
 */
import { UsageError } from '../base/errors.ts';

/** What jitsi-meet removes from every segment of a meeting URL's path, before it decodes anything. */
const excludedCharacters = /[:?#[\]@!$&'()*+,;=></"]/g;

/** RFC 7622, 3.3: the local part of an address has at most 1023 bytes. */
const longestRoomName = 1023;

/** A path segment, or a name that somebody typed, without the characters that rooms and tenants cannot have. */
export function withoutExcludedCharacters(segment: string): string {
  return segment.replace(excludedCharacters, '');
}

/**
 * The name of a room as it is used in the room's JID and in `?room=`: `Fête 1` and `F%C3%AAte%201` both give
 * `f%c3%aate%201`. Everybody who types the same name meets in the same room, so this has to be what browsers do.
 * @throws UsageError `room-name-empty`, `room-name-invalid`, `room-name-too-long`
 */
export function backendSafeRoomName(room: string): string {
  const safe = backendSafe(withoutExcludedCharacters(room));
  if (safe === undefined) {
    throw new UsageError('the room name is not valid Unicode text: it holds half of a surrogate pair', {
      code: 'room-name-invalid',
    });
  }
  if (safe === '') {
    throw new UsageError(
      `the room name ${JSON.stringify(room.slice(0, 100))} is empty once the characters that Jitsi Meet removes are gone; give it a letter or a digit`,
      { code: 'room-name-empty' },
    );
  }
  if (safe.length > longestRoomName) {
    throw new UsageError(
      `the room name takes ${safe.length} characters in its encoded form, and an XMPP address has room for ${longestRoomName}; use a shorter one`,
      { code: 'room-name-too-long' },
    );
  }
  return safe;
}

/**
 * The label that docker-jitsi-meet's nginx and config.js make of a tenant path, for `conference.LABEL.domain`: lower-case,
 * dots as underscores. Of several segments nginx keeps the last one.
 */
export function tenantLabel(tenant: string): string {
  const segment = tenant.split('/').at(-1) ?? '';
  return (backendSafe(segment) ?? '').replaceAll('.', '_');
}

/** The text for people of a segment that may be percent-encoded. */
export function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment; // a lone `%`: it was not encoded
  }
}

function backendSafe(segment: string): string | undefined {
  const text = decodeSegment(segment).normalize('NFKC').toLowerCase();
  try {
    return encodeURIComponent(text).toLowerCase();
  } catch {
    return undefined; // a lone surrogate
  }
}
