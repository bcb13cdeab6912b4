/** Offers are compared with those that a real focus, with RED switched on, made for the same features. */
import { describe, expect, it } from 'vitest';
import { buildJingle, parseJingle } from '../../../../src/jingle/jingle.ts';
import { assumedFeatures, participantFeatures } from '../../../../src/sandbox/focus/features.ts';
import { buildOffer, offerDescriptions } from '../../../../src/sandbox/focus/sessions/offer.ts';
import { child, childrenNamed, isElement, type XmlElement } from '../../../../src/xml/element.ts';
import { parseXml } from '../../../../src/xml/parse.ts';
import { captureFeatures, captureFrames, captureNames } from '../../../support/captures.ts';
import { elementDifferences } from '../../../support/element-diff.ts';

/** What the recorded browser client can do, as far as offers depend on it; its recordings do not list it. */
const browserFeatures = [
  'urn:xmpp:jingle:apps:rtp:audio',
  'urn:xmpp:jingle:apps:rtp:video',
  'urn:xmpp:jingle:transports:dtls-sctp:1',
  'urn:ietf:rfc:4588',
  'http://jitsi.org/tcc',
  'http://jitsi.org/json-encoded-sources',
];

function recordedOffers(name: string): XmlElement[] {
  return captureFrames(name, 'received')
    .filter(({ text }) => text.includes("action='session-initiate'") && text.includes("/focus' type='set'"))
    .flatMap(({ text }) => {
      const jingle = child(parseXml(text), 'jingle');
      return jingle === undefined ? [] : [jingle];
    });
}

/** Our offer for the transport and the sources of `recorded`. */
function offerLike(recorded: XmlElement, features: readonly string[]): XmlElement {
  const { bridgeSession, contents, initiator = '', sid, sources, startMuted } = parseJingle(recorded);
  const transport = contents.at(-1)?.transport;
  if (!transport) throw new Error('the recorded offer has no transport');
  const parsed = participantFeatures(features);
  const offer = buildOffer({
    sid,
    initiator,
    features: parsed,
    descriptions: offerDescriptions(parsed, true),
    transport,
    sources,
    bridgeSession: { id: bridgeSession?.id ?? '', region: bridgeSession?.region ?? '' },
    startMuted: startMuted ?? { audio: false, video: false },
  });
  return buildJingle(offer, { sources: parsed.jsonSources ? 'json' : 'xml' });
}

const names = captureNames().filter((name) => recordedOffers(name).length > 0);

describe('buildOffer', () => {
  it.each(names)('means what the real focus offered in %s', (name) => {
    for (const recorded of recordedOffers(name)) {
      const withoutTrace = {
        ...recorded,
        children: recorded.children.filter((node) => !isElement(node) || node.name !== 'traceparent'),
      };
      const ours = offerLike(recorded, captureFeatures(name) ?? browserFeatures);
      expect(elementDifferences(ours, withoutTrace)).toEqual([]);
    }
  });

  it('is compared with recordings of all kinds of clients', () => {
    expect(names).toEqual(
      expect.arrayContaining([
        '01-two-participants.alice',
        '02-xml-sources-three-participants.carol',
        '04-rewriting-and-sctp-offered.bob',
        '30-lib-jitsi-meet.alice',
        '33-moderation.erin',
      ]),
    );
  });

  it('lists payload types and header extensions in the order of the real offer', () => {
    const name = '30-lib-jitsi-meet.alice';
    const [recorded] = recordedOffers(name);
    if (!recorded) throw new Error('no recorded offer');
    const order = (jingle: XmlElement): (string | undefined)[][] =>
      childrenNamed(jingle, 'content').map((content) =>
        (child(content, 'description')?.children ?? [])
          .filter(isElement)
          .map(({ attrs, name: kind }) => attrs.id ?? kind),
      );
    expect(order(offerLike(recorded, browserFeatures))).toEqual(order(recorded));
  });

  it('offers REMB where transport-wide feedback is not understood', () => {
    const video = offerDescriptions({ ...assumedFeatures, remb: true }, false)[1];
    expect(video?.payloadTypes[0]?.feedback.map(({ type }) => type)).toEqual([
      'ccm',
      'nack',
      'nack',
      'goog-remb',
    ]);
    const both = offerDescriptions({ ...assumedFeatures, remb: true, transportCc: true }, false)[1];
    expect(both?.payloadTypes[0]?.feedback.map(({ type }) => type)).toEqual([
      'ccm',
      'nack',
      'nack',
      'transport-cc',
    ]);
  });

  it('offers in-band FEC only while RED is off', () => {
    const parameters = (red: boolean): (string | undefined)[] =>
      offerDescriptions(assumedFeatures, red)[0]?.payloadTypes[0]?.parameters.map(({ name }) => name) ?? [];
    expect(parameters(false)).toEqual(['minptime', 'useinbandfec']);
    expect(parameters(true)).toEqual(['minptime']);
  });

  it('offers no content for media that are not understood', () => {
    expect(offerDescriptions({ ...assumedFeatures, video: false }, false).map(({ media }) => media)).toEqual([
      'audio',
    ]);
  });
});
