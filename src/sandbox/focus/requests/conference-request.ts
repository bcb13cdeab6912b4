/** Requests for a conference, read from the raw element and answered (jicofo `ConferenceIqHandler.kt`). */
import { ParseError } from '../../../base/errors.ts';
import { jitsiNs } from '../../../jitsi/namespaces.ts';
import { parseJid } from '../../../xmpp/jid.ts';
import { childrenNamed, type XmlElement, xml } from '../../../xml/element.ts';
import { wire } from '../namespaces.ts';

/** What a request says that matters here. `machine-uid` counts only where there is authentication. */
export interface ConferenceRequest {
  /** Bare room JID, lower-case or not. */
  room: string;
  /** By name: `startAudioMuted`, `startVideoMuted`, …; JSON brings numbers and booleans too. */
  properties?: Readonly<Record<string, string | number | boolean>>;
}

export interface ConferenceAnswer {
  /** As the focus knows it: lower-case. */
  room: string;
  ready: boolean;
  /** Bare JID of the focus' account. */
  focusJid: string;
  properties: Readonly<Record<string, string>>;
}

/** From how many participants on a joiner starts muted. */
export interface StartMutedLimits {
  audio: number;
  video: number;
}

export function readConferenceIq(conference: XmlElement): ConferenceRequest {
  return {
    room: conference.attrs.room ?? '',
    properties: Object.fromEntries(
      childrenNamed(conference, 'property', wire.focus).map(({ attrs }) => [
        attrs.name ?? '',
        attrs.value ?? '',
      ]),
    ),
  };
}

/**
 * The room's address as the focus uses it.
 * @throws ParseError `room-unusable` for an address that is none, or on another domain: Jicofo leaves such a request without an answer
 */
export function roomOf(request: ConferenceRequest, mucDomain: string): string {
  const room = request.room.toLowerCase();
  if (!isRoom(room, mucDomain)) {
    throw new ParseError(
      'conference-request',
      'room-unusable',
      `${JSON.stringify(room)} is no room on ${mucDomain}`,
    );
  }
  return room;
}

function isRoom(address: string, mucDomain: string): boolean {
  try {
    const { local, domain, resource } = parseJid(address);
    return local !== '' && resource === '' && isMucDomain(domain, mucDomain);
  } catch (error) {
    if (error instanceof ParseError) return false;
    throw error;
  }
}

/** A tenant's rooms are on `conference.TENANT.DOMAIN` (Jitsi's `mod_muc_domain_mapper.lua`). */
function isMucDomain(domain: string, mucDomain: string): boolean {
  const labels = domain.split('.');
  if (labels.includes('')) return false;
  const tenantLabels = mucDomain.split('.').length + 1;
  return (
    domain === mucDomain || (labels.length === tenantLabels && labels.toSpliced(1, 1).join('.') === mucDomain)
  );
}

export function startMutedLimits(request: ConferenceRequest): StartMutedLimits {
  return {
    audio: readLimit(request.properties?.startAudioMuted),
    video: readLimit(request.properties?.startVideoMuted),
  };
}

function readLimit(value: string | number | boolean | undefined): number {
  return /^\d{1,9}$/.test(String(value)) ? Number(value) : Number.POSITIVE_INFINITY;
}

export function buildConferenceAnswer(answer: ConferenceAnswer): XmlElement {
  return xml(
    jitsiNs.focus,
    'conference',
    { room: answer.room, focusjid: answer.focusJid, ready: answer.ready },
    ...Object.entries(answer.properties).map(([name, value]) =>
      xml(jitsiNs.focus, 'property', { name, value }),
    ),
  );
}
