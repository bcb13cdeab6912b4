/**
 * Learns what each member can do: from its capabilities hash (XEP-0115) where that hash was explained before, else by asking
 * it. Whoever does not answer in time, or refuses, gets what Jicofo assumes (`XmppProvider.kt`, `discoverFeatures`).
 */
import { capsVer, parseCaps } from '../../xmpp/caps.ts';
import { discoInfoOf, discoInfoQuery, parseDiscoInfo } from '../../xmpp/disco.ts';
import { iqGet } from '../../xmpp/stanza.ts';
import type { XmlElement } from '../../xml/element.ts';
import { assumedFeatures, type ParticipantFeatures, participantFeatures } from './features.ts';
import type { Requests } from './requests/requests.ts';

export class FeatureDiscovery {
  readonly #requests: Requests;
  /** Features by verification string. */
  readonly #known = new Map<string, ParticipantFeatures>();

  constructor(requests: Requests) {
    this.#requests = requests;
  }

  /** @param presence the member's, from its occupant JID; `done` may be called at once */
  discover(presence: XmlElement, done: (features: ParticipantFeatures) => void): void {
    const caps = parseCaps(presence);
    const cached = caps && this.#known.get(caps.ver);
    if (cached) return done(cached);
    const occupant = presence.attrs.from ?? '';
    // Without a node, as Jicofo asks as long as it does not know the hash.
    this.#requests.ask(
      iqGet(occupant, '', discoInfoQuery()),
      `asking ${occupant} for its features`,
      (outcome) => {
        const query = outcome.ok ? discoInfoOf(outcome.result) : undefined;
        if (!query) return done(assumedFeatures);
        const info = parseDiscoInfo(query);
        const features = participantFeatures(info.features);
        // Only a hash that holds is kept (XEP-0115, 5.4): a wrong one would spoil everybody else's.
        if (caps?.hash === 'sha-1' && capsVer(info) === caps.ver) this.#known.set(caps.ver, features);
        done(features);
      },
    );
  }
}
