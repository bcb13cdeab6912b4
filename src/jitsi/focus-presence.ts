/** What the focus says in its presence (jicofo `JitsiMeetConferenceImpl.java`, jitsi-xmpp-extensions `ConferenceProperties.java`). */
import { child, childrenNamed, type XmlElement } from '../xml/element.ts';
import { jitsiNs } from './namespaces.ts';

export interface FocusState {
  /** `support-terminate-restart`, `bridge-count`, `audio-limit-reached`, … */
  properties: Readonly<Record<string, string>>;
  /** False while the focus has no bridge to offer. */
  bridgeAvailable: boolean;
}

export function parseFocusPresence(presence: XmlElement): FocusState {
  const properties: Record<string, string> = Object.create(null) as Record<string, string>;
  const list = child(presence, 'conference-properties', jitsiNs.focus);
  for (const { attrs } of list ? childrenNamed(list, 'property') : []) {
    if (attrs.key !== undefined) properties[attrs.key] = attrs.value ?? '';
  }
  return { properties, bridgeAvailable: child(presence, 'bridgeNotAvailable') === undefined };
}
