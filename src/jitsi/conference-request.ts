/**
 * Asking the focus for a conference: by IQ (lib-jitsi-meet `moderator.js`, jicofo `ConferenceIqHandler.kt`) and by HTTP
 * (jicofo `doc/conference-request.md`). `visitors-version` is left out on purpose: without it Jicofo never redirects us to
 * a visitor node, which we do not implement.
 */
import { parseBoundedJson } from '../base/bounded-json.ts';
import { defined } from '../base/defined.ts';
import { ProtocolError } from '../base/errors.ts';
import { child, childrenNamed, type XmlElement, xml } from '../xml/element.ts';
import { jitsiNs } from './namespaces.ts';

export interface ConferenceRequest {
  /** Bare room JID. */
  room: string;
  /** Stable id of this installation; needed where the deployment has authentication. */
  machineUid: string;
  /** Start muted from the Nth participant on; counts only for whoever creates the conference. */
  startAudioMuted?: number;
  startVideoMuted?: number;
}

export interface ConferenceResponse {
  /** The room's name as the focus knows it: lower-case. */
  room?: string;
  /** The focus is in the room. */
  ready: boolean;
  /** Bare JID of the focus. */
  focusJid?: string;
  sessionId?: string;
  identity?: string;
  /** Node to go to as a visitor. */
  visitorNode?: string;
  properties: Readonly<Record<string, string>>;
}

function requestProperties(request: ConferenceRequest): Record<string, string | number | boolean> {
  return defined({
    startAudioMuted: request.startAudioMuted,
    startVideoMuted: request.startVideoMuted,
    rtcstatsEnabled: false,
  }) as Record<string, string | number | boolean>;
}

export function buildConferenceIq(request: ConferenceRequest): XmlElement {
  return xml(
    jitsiNs.focus,
    'conference',
    { room: request.room, 'machine-uid': request.machineUid },
    ...Object.entries(requestProperties(request)).map(([name, value]) =>
      xml(jitsiNs.focus, 'property', { name, value }),
    ),
  );
}

/** @throws ProtocolError `conference-response` when there is no `<conference/>` in the result */
export function parseConferenceIq(result: XmlElement): ConferenceResponse {
  const conference = child(result, 'conference', jitsiNs.focus);
  if (!conference) {
    throw new ProtocolError('requesting the conference: the answer of the focus has no conference element', {
      code: 'conference-response',
    });
  }
  const { room, ready, focusjid, vnode, identity } = conference.attrs;
  return defined({
    room,
    ready: ready === 'true',
    focusJid: focusjid,
    sessionId: conference.attrs['session-id'],
    identity,
    visitorNode: vnode,
    properties: Object.fromEntries(
      childrenNamed(conference, 'property').flatMap(({ attrs }) =>
        attrs.name === undefined ? [] : [[attrs.name, attrs.value ?? '']],
      ),
    ),
  });
}

/** The body of the HTTP form; the header is `Content-Type: application/json`. */
export function buildConferenceJson(request: ConferenceRequest): string {
  return JSON.stringify({
    room: request.room,
    machineUid: request.machineUid,
    properties: requestProperties(request),
  });
}

/** @throws ProtocolError `conference-response` when the body is not the JSON object that it should be */
export function parseConferenceJson(body: string): ConferenceResponse {
  let value: unknown;
  try {
    value = parseBoundedJson(body);
  } catch {
    value = undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ProtocolError(
      'requesting the conference: the answer over HTTP is not a JSON object; is the conference request URL right?',
      {
        code: 'conference-response',
      },
    );
  }
  const fields = value as Readonly<Record<string, unknown>>;
  const word = (key: string): string | undefined =>
    typeof fields[key] === 'string' ? fields[key] : undefined;
  const properties =
    typeof fields.properties === 'object' && fields.properties !== null ? fields.properties : {};
  return defined({
    room: word('room'),
    ready: fields.ready === true || fields.ready === 'true',
    focusJid: word('focusJid'),
    sessionId: word('sessionId'),
    identity: word('identity'),
    visitorNode: word('vnode'),
    properties: Object.fromEntries(
      Object.entries(properties).flatMap(([name, entry]: [string, unknown]) =>
        typeof entry === 'string' || typeof entry === 'boolean' || typeof entry === 'number'
          ? [[name, String(entry)]]
          : [],
      ),
    ),
  });
}

/** Asks where to log in, once the focus has said that this is needed (jicofo `AuthenticationIqHandler.kt`). */
export function buildLoginUrlQuery(request: ConferenceRequest): XmlElement {
  return xml(jitsiNs.focus, 'login-url', {
    room: request.room,
    'machine-uid': request.machineUid,
    popup: true,
  });
}

/** The login page, absolute. The focus percent-encodes it, and for its own accounts it is relative to the web page at `origin`. */
export function parseLoginUrl(result: XmlElement, origin: string): string | undefined {
  const url = child(result, 'login-url', jitsiNs.focus)?.attrs.url;
  if (url === undefined) return undefined;
  try {
    const page = new URL(decodeURIComponent(url), origin);
    return page.protocol === 'https:' || page.protocol === 'http:' ? page.href : undefined;
  } catch {
    return undefined;
  }
}
