/** What is built is parsed back; whatever arrives, the only error is a ParseError. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ParseError } from '../../src/base/errors.ts';
import { buildJingle, findJingle, isWholeTransport, parseJingle } from '../../src/jingle/jingle.ts';
import { parseJsonSources } from '../../src/jingle/json-sources.ts';
import type { JingleMessage } from '../../src/jingle/model.ts';
import { SourceMap } from '../../src/jingle/source-map.ts';
import { rtpParameters } from '../../src/rtc/rtp/parameters.ts';
import { buildOfferSdp } from '../../src/sdp/offer.ts';
import { parseMediaLine, parseSdp } from '../../src/sdp/sdp.ts';
import { elements, text, type XmlElement } from '../../src/xml/element.ts';
import { parseXml } from '../../src/xml/parse.ts';
import { serialize } from '../../src/xml/serialize.ts';
import { jingleMessage } from '../support/jingle-arbitrary.ts';
import { caseXml, jingleCases, recordedOffers } from '../support/jingle-cases.ts';
import { change, jingleJunk as junk, mutate } from '../support/jingle-edits.ts';

const seed = 20261123;

/** Sources have no order among themselves: XML puts them by media, JSON by owner. */
function ordered(message: JingleMessage): JingleMessage {
  const groups = message.sources.groups.map((group): [string, typeof group] => [
    JSON.stringify(group),
    group,
  ]);
  return {
    ...message,
    sources: {
      sources: [...message.sources.sources].sort((a, b) => a.ssrc - b.ssrc),
      groups: groups.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group),
    },
  };
}

describe('parseJingle and buildJingle', () => {
  it.each(['xml', 'json'] as const)('are inverse with sources in %s', (form) => {
    fc.assert(
      fc.property(jingleMessage(form), (message) => {
        const wire = serialize(buildJingle(message, { sources: form }));
        expect(ordered(parseJingle(parseXml(wire)))).toEqual(ordered(message));
      }),
      { seed, numRuns: 300 },
    );
  });
});

describe('junk', () => {
  const stanzas = jingleCases.map((name) => findJingle(parseXml(caseXml(name)))).filter((found) => !!found);

  it('in recorded stanzas causes a ParseError at most', () => {
    let refused = 0;
    let taken = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...stanzas),
        fc.array(fc.tuple(fc.nat(), fc.nat(), junk), { minLength: 1, maxLength: 4 }),
        (stanza, changes) => {
          const mutated = changes.reduce((element, change) => mutate(element, ...change), stanza);
          const message = survives(() => parseJingle(mutated));
          if (message) taken++;
          else refused++;
          if (!message) return;
          // What was accepted can be used: written again, kept, and described to a peer connection.
          serialize(buildJingle(message));
          new SourceMap().add(message.sources);
          for (const semantics of ['unified', 'plan-b'] as const)
            parseSdp(buildOfferSdp(message, { semantics }));
        },
      ),
      { seed, numRuns: 3000 },
    );
    expect(refused).toBeGreaterThan(100);
    expect(taken).toBeGreaterThan(1000);
  });

  it('in JSON sources causes a ParseError at most', () => {
    const json = stanzas.flatMap((stanza) =>
      elements(stanza)
        .filter(({ name }) => name === 'json-message')
        .map(text),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.jsonValue().map((sources) => JSON.stringify({ sources })),
          fc.jsonValue().map((owned) => JSON.stringify({ sources: { a: [owned, owned, [owned]] } })),
          fc
            .tuple(fc.constantFrom(...json), fc.nat(), fc.nat({ max: 9 }), fc.string({ maxLength: 3 }))
            .map(([recorded, at, length, piece]) => {
              const start = at % recorded.length;
              return recorded.slice(0, start) + piece + recorded.slice(start + length);
            }),
        ),
        (text) => {
          survives(() => parseJsonSources(text));
        },
      ),
      { seed, numRuns: 3000 },
    );
  });
});

describe('one odd entry', () => {
  const offers = recordedOffers.map((name) => findJingle(parseXml(caseXml(name)))).filter((found) => !!found);

  it('of a recorded offer never refuses it, and costs no more than itself', () => {
    fc.assert(
      fc.property(fc.constantFrom(...offers), fc.nat(), fc.nat(), junk, (offer, where, how, piece) => {
        const entries = leaves(offer);
        const entry = entries[where % entries.length] ?? offer;
        // All but a text: that of the JSON message is many entries.
        const odd = replaced(offer, entry, change(entry, how % 7 === 5 ? 0 : how, piece));
        const [before, after] = [parseJingle(offer), parseJingle(odd)];
        const codecs = (message: JingleMessage): number => rtpParameters(message).codecs.length;
        expect(codecs(after)).toBeGreaterThanOrEqual(codecs(before) - 1);
        expect(after.sources.sources.length).toBeGreaterThanOrEqual(
          entry.name === 'json-message' ? 0 : before.sources.sources.length - 1,
        );
        expect(after.contents.some(({ transport }) => transport && isWholeTransport(transport))).toBe(true);
        const isChannel = entry.name === 'sctpmap';
        const kinds = (message: JingleMessage): Set<string> =>
          new Set(
            parseSdp(buildOfferSdp(message))
              .media.map((lines) => parseMediaLine(lines).kind)
              .filter((kind) => kind !== 'application' || !isChannel),
          );
        expect(kinds(after)).toEqual(kinds(before));
      }),
      { seed, numRuns: 2000 },
    );
  });
});

describe('SourceMap', () => {
  it('forgets what is removed, and nothing else', () => {
    fc.assert(
      fc.property(jingleMessage('xml'), jingleMessage('xml'), (one, two) => {
        const map = new SourceMap();
        map.add(one.sources);
        const before = map.all();
        const { added, duplicates } = map.add(two.sources);
        expect(added.sources.length + duplicates.length).toBe(two.sources.sources.length);
        const { removed, unknown } = map.remove(added);
        expect(removed.sources).toEqual(added.sources);
        expect(unknown).toEqual([]);
        expect(map.all().sources).toEqual(before.sources);
        expect(map.size).toBe(before.sources.length);
        for (const source of map) expect(map.ofOwner(source.owner).sources).toContain(source);
      }),
      { seed, numRuns: 300 },
    );
  });
});

function survives<Value>(action: () => Value): Value | undefined {
  try {
    return action();
  } catch (error) {
    expect(error).toBeInstanceOf(ParseError);
    expect((error as ParseError).source).toBe('jingle');
    return undefined;
  }
}

/** The entries: elements that have no entries in them, and payload types and sources whole. */
function leaves(element: XmlElement): XmlElement[] {
  const inner = elements(element).flatMap(leaves);
  return inner.length === 0 || ['payload-type', 'source', 'ssrc-group'].includes(element.name)
    ? [element, ...inner]
    : inner;
}

function replaced(root: XmlElement, entry: XmlElement, by: XmlElement): XmlElement {
  if (root === entry) return by;
  return {
    ...root,
    children: root.children.map((node) => (typeof node === 'string' ? node : replaced(node, entry, by))),
  };
}
