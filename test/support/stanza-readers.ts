/** Recorded frames of every kind, and everybody who reads one. */
import { JitsiError } from '../../src/base/errors.ts';
import { parseChatStanza, parseDelay, parseSubject } from '../../src/jitsi/chat-message.ts';
import { parseConferenceIq, parseLoginUrl } from '../../src/jitsi/conference-request.ts';
import { conferenceRequestError, responseError } from '../../src/jitsi/conference-request-error.ts';
import { parseFocusPresence } from '../../src/jitsi/focus-presence.ts';
import { iceServersFrom } from '../../src/jitsi/ice-servers.ts';
import { parseJoinError } from '../../src/jitsi/join-error.ts';
import { parseJsonMessage } from '../../src/jitsi/json-message.ts';
import { isIgnoredPresence, parsePermissions, parsePresence } from '../../src/jitsi/participant-presence.ts';
import { roomInfo } from '../../src/jitsi/room-info.ts';
import { domainServices } from '../../src/jitsi/services.ts';
import { elements, type XmlElement } from '../../src/xml/element.ts';
import { capsVer, parseCaps } from '../../src/xmpp/caps.ts';
import { discoInfoOf, parseDiscoInfo } from '../../src/xmpp/disco.ts';
import { parseExternalServices } from '../../src/xmpp/extdisco.ts';
import { parseStreamError, parseStreamFeatures } from '../../src/xmpp/framing.ts';
import { parseJid } from '../../src/xmpp/jid.ts';
import { parseMucUser } from '../../src/xmpp/muc.ts';
import { authenticationError } from '../../src/xmpp/sasl.ts';
import { parseStanzaError, StanzaError } from '../../src/xmpp/stanza-error.ts';
import { captureFrames, captureNames } from './captures.ts';

const longest = 8_000;

/** Every kind of frame that a server sent, a few of each; long ones only cost time. */
export const recordedFrames: readonly string[] = (() => {
  const kept = new Map<string, string[]>();
  for (const name of captureNames()) {
    for (const { text } of captureFrames(name, 'received')) {
      const kind = [...text.matchAll(/<([\w:-]+)/g)].map(([, tag]) => tag).join(' ');
      const alike = kept.get(kind) ?? [];
      if (text.length <= longest && alike.length < 3) kept.set(kind, [...alike, text]);
    }
  }
  return [...kept.values()].flat();
})();

const readers: readonly ((stanza: XmlElement) => unknown)[] = [
  (stanza) => parsePresence(stanza, '0d096f1b'),
  parseMucUser,
  parseCaps,
  parsePermissions,
  isIgnoredPresence,
  parseFocusPresence,
  parseChatStanza,
  parseSubject,
  parseDelay,
  parseJsonMessage,
  parseConferenceIq,
  (stanza) => responseError('r@m', parseConferenceIq(stanza)),
  (stanza) => parseLoginUrl(stanza, 'https://meet.example'),
  (stanza) => conferenceRequestError('r@m', new StanzaError('asking', parseStanzaError(stanza))),
  (stanza) => parseJoinError(stanza, 'r@m', true),
  parseStreamError,
  parseStreamFeatures,
  (stanza) => authenticationError(stanza, 'meet.example', 'PLAIN'),
  (stanza) => parseJid(stanza.attrs.from ?? ''),
  (stanza) => elements(stanza).map((child) => iceServersFrom(parseExternalServices(child))),
  (stanza) => {
    const query = discoInfoOf(stanza);
    const info = query && parseDiscoInfo(query);
    return info && [capsVer(info), roomInfo(info), domainServices(info)];
  },
];

/** Lets everybody read. @throws what is no error of ours */
export function readStanza(stanza: XmlElement): void {
  for (const reader of readers) {
    try {
      // What was read can be shown and sent on.
      JSON.stringify(reader(stanza));
    } catch (error) {
      if (!(error instanceof JitsiError)) throw error;
    }
  }
}
