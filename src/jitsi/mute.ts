/** What a participant asks of the focus about its own muting (jicofo `MuteIqHandler.kt`; signalling dossier 7.1). */
import type { MediaType } from '../jingle/model.ts';
import { type XmlElement, xml } from '../xml/element.ts';
import { jitsiNs } from './namespaces.ts';

/** Asks to be heard, or seen, again. @param occupantJid our own */
export function buildUnmute(kind: MediaType, occupantJid: string): XmlElement {
  const namespace = kind === 'audio' ? jitsiNs.audioMute : jitsiNs.videoMute;
  return xml(namespace, 'mute', { jid: occupantJid }, 'false');
}
