/**
 * Pairs of a stanza and the model it stands for: every session-initiate of the recordings of a real deployment, a selection
 * of everything else, and hand-made ones for shapes that no recording holds. Both directions.
 */
import { describe, expect, it } from 'vitest';
import { buildJingle, findJingle, parseJingle } from '../../src/jingle/jingle.ts';
import { child, type XmlElement, type XmlNode } from '../../src/xml/element.ts';
import { parseXml } from '../../src/xml/parse.ts';
import { serialize } from '../../src/xml/serialize.ts';
import { type CanonicalRules, canonical } from '../support/canonical-element.ts';
import { caseModel, caseXml, jingleCases, recordedOffers } from '../support/jingle-cases.ts';

/** What we write otherwise than Jicofo does. */
const jicofoRules: CanonicalRules = {
  // Tracing only.
  withoutElements: ['traceparent'],
  // Jicofo writes the parameters of H264 after the feedback and all others before it.
  unorderedIn: ['payload-type'],
};

/** What we write otherwise than clients do; none of it is read by anyone. */
const clientRules: CanonicalRules = {
  withoutElements: [
    'traceparent',
    // Only in direct sessions between two participants, which we decline.
    'source-frame-height',
  ],
  withoutAttributes: [
    // In content-modify and source-add some write it and some do not.
    'content@creator',
    // lib-jitsi-meet has "1" where Jicofo has "0".
    'candidate@network',
    // lib-jitsi-meet has it in transport-info of direct sessions.
    'fingerprint@required',
  ],
  unorderedIn: ['*'],
};

/** Hand-made stanzas with parts that are to be left out: the way back cannot be the same. */
const oneWay = ['everything.', 'old-shapes.', 'short-arrays.'];

describe.each(jingleCases)('%s', (name) => {
  const iq = parseXml(caseXml(name));
  const jingle = findJingle(iq);
  const expected = caseModel(name);
  if (!jingle) throw new Error(`${name}.xml holds no <jingle/>`);
  const sources = child(jingle, 'json-message') ? 'json' : 'xml';

  it('is parsed', () => {
    expect(parseJingle(jingle)).toStrictEqual(expected);
  });

  it('is parsed from what is built', () => {
    const wire = serialize(buildJingle(expected, { sources }));
    expect(parseJingle(parseXml(wire))).toStrictEqual(expected);
  });

  if (oneWay.some((prefix) => name.startsWith(prefix))) return;

  it('is built', () => {
    const built = buildJingle(expected, { sources });
    const byJicofo = iq.attrs.from?.endsWith('/focus') && !name.startsWith('worked-example.');
    if (byJicofo) expect(canonical(built, jicofoRules)).toBe(canonical(jingle, jicofoRules));
    else expect(canonical(normalized(built), clientRules)).toBe(canonical(normalized(jingle), clientRules));
  });
});

/**
 * Clients write a source's parameters in the source's namespace and a nameless parameter with `name=""`; a recording client
 * describes the data channel in a namespace of its own making.
 */
function normalized(element: XmlElement): XmlElement {
  const children = element.children.flatMap((node): XmlNode[] => {
    if (typeof node === 'string') return [node];
    if (node.ns === 'urn:xmpp:jingle:transports:webrtc-datachannel:1') return [];
    const inner = normalized(node);
    if (node.name !== 'parameter') return [inner];
    const { name, ...attrs } = node.attrs;
    return [{ ...inner, ns: 'urn:xmpp:jingle:apps:rtp:1', attrs: name ? { name, ...attrs } : attrs }];
  });
  return { ...element, children };
}

it('has every session-initiate of the recordings', () => {
  expect(recordedOffers).toHaveLength(83);
});
