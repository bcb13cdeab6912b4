/**
 * From an offer through SDP and an answer to the session-accept: whatever is sent, the focus would take the accept, it says what
 * the answer said, and what was negotiated is what was offered.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildJingle, parseJingle } from '../../src/jingle/jingle.ts';
import type { JingleMessage, MediaType, RtpDescription } from '../../src/jingle/model.ts';
import { buildAccept } from '../../src/sdp/answer.ts';
import { diffSources } from '../../src/sdp/local-sources.ts';
import { buildOfferSdp } from '../../src/sdp/offer.ts';
import { RemoteDescription } from '../../src/sdp/remote-description.ts';
import { parseRtpLines } from '../../src/sdp/rtp-lines.ts';
import { attribute, parseMediaLine, parseSdp, type Sdp, writeSdp } from '../../src/sdp/sdp.ts';
import { parseXml } from '../../src/xml/parse.ts';
import { serialize } from '../../src/xml/serialize.ts';
import { objectionsTo } from '../support/accept-checker.ts';
import { caseModel, caseXml, recordedOffers } from '../support/jingle-cases.ts';

const seed = 20261123;
const endpointId = 'a1b2c3d4';
const fingerprint = Array.from({ length: 32 }, (_, index) => (index + 160).toString(16)).join(':');
const focusOffers = recordedOffers.filter((name) => caseXml(name).includes('<bridge-session'));

/** A track of ours: SSRCs of its layers, and whether each is repaired by another. */
interface OwnTrack {
  kind: MediaType;
  layers: number;
  repaired: boolean;
}

const ownTracks: fc.Arbitrary<OwnTrack[]> = fc
  .record({
    audio: fc.nat({ max: 2 }),
    video: fc.array(fc.record({ layers: fc.integer({ min: 1, max: 3 }), repaired: fc.boolean() }), {
      maxLength: 2,
    }),
  })
  .map(({ audio, video }) => [
    ...Array.from({ length: audio }, () => ({ kind: 'audio' as const, layers: 1, repaired: false })),
    ...video.map((track) => ({ kind: 'video' as const, ...track })),
  ]);

const scenario = fc.record({ name: fc.constantFrom(...focusOffers), tracks: ownTracks });

/** SSRCs count up from here: the n-th track has its own hundred. */
function ssrcsOf(track: OwnTrack, index: number): { primary: number[]; repair: number[] } {
  const first = 3_000_000_000 + index * 100;
  const primary = Array.from({ length: track.layers }, (_, layer) => first + layer);
  return { primary, repair: track.repaired ? primary.map((ssrc) => ssrc + 50) : [] };
}

/** Offer with an m-line for each track, and an answer of the shape that browsers give. */
function negotiate(offer: JingleMessage, tracks: readonly OwnTrack[]): string {
  const description = new RemoteDescription(offer);
  const kinds = ['audio', 'video'] as const;
  for (const kind of kinds) {
    const wanted = tracks.filter((track) => track.kind === kind).length;
    // The first m-line of a kind is for us in any case.
    for (let more = 1; more < wanted; more++) description.addReceiver(kind);
  }
  const { session, media } = parseSdp(description.toSdp());
  const left = tracks.map((track, index) => ({ track, index }));
  const answered = media.map((lines): string[] => {
    const ours = lines.some((line) => line === 'a=sendrecv' || line === 'a=recvonly')
      ? left.findIndex(({ track }) => track.kind === parseMediaLine(lines).kind)
      : -1;
    const [own] = ours < 0 ? [] : left.splice(ours, 1);
    return [
      ...lines
        .filter((line) => !/^a=(?:ssrc|ssrc-group|candidate|msid|fingerprint|ice-\w+|setup):?/.test(line))
        .map((line) =>
          /^a=(?:sendrecv|sendonly|recvonly)$/.test(line) ? (own ? 'a=sendrecv' : 'a=recvonly') : line,
        ),
      'a=ice-ufrag:AbC/',
      'a=ice-pwd:0123456789abcdefghijKL+/',
      `a=fingerprint:sha-256 ${fingerprint}`,
      'a=setup:active',
      ...(own ? sourceLines(own.track, own.index) : []),
    ];
  });
  expect(left).toEqual([]);
  return writeSdp({ session, media: answered });
}

function sourceLines(track: OwnTrack, index: number): string[] {
  const { primary, repair } = ssrcsOf(track, index);
  return [
    ...[...primary, ...repair].flatMap((ssrc) => [
      `a=ssrc:${ssrc} cname:x`,
      `a=ssrc:${ssrc} msid:stream track${index}`,
    ]),
    ...(primary.length > 1 ? [`a=ssrc-group:SIM ${primary.join(' ')}`] : []),
    ...repair.map((ssrc, layer) => `a=ssrc-group:FID ${primary[layer]} ${ssrc}`),
  ];
}

describe('a session-accept', () => {
  it('is taken by the focus, and says what the answer said', () => {
    fc.assert(
      fc.property(scenario, ({ name, tracks }) => {
        const offer = caseModel(name);
        const accept = buildAccept(offer, negotiate(offer, tracks), { endpointId });
        const wire = serialize(buildJingle(accept));
        expect(objectionsTo(wire, { offer: caseXml(name), endpointId })).toEqual([]);
        const signalled = parseJingle(parseXml(wire)).sources.sources.map(({ ssrc }) => ssrc);
        const sent = tracks.flatMap((track, index) => Object.values(ssrcsOf(track, index)).flat());
        expect(signalled).toHaveLength(sent.length);
        expect(new Set(signalled)).toEqual(new Set(sent));
        for (const { name: content, description, transport } of accept.contents) {
          expect(transport).toMatchObject({ ufrag: 'AbC/', pwd: '0123456789abcdefghijKL+/' });
          expect(transport?.fingerprints).toEqual([
            { hash: 'sha-256', value: fingerprint.toUpperCase(), setup: 'active' },
          ]);
          const offered = offer.contents.find((each) => each.name === content)?.description;
          // Codecs and extensions came through SDP twice.
          if (description) expect(comparable(description)).toEqual(offered && comparable(offered));
        }
      }),
      { seed, numRuns: 200 },
    );
  });

  it('and what is signalled later add up to what is sent', () => {
    fc.assert(
      fc.property(fc.constantFrom(...focusOffers), ownTracks, ownTracks, (name, before, after) => {
        const offer = caseModel(name);
        const [first, second] = [before, after].map(
          (tracks) => buildAccept(offer, negotiate(offer, tracks), { endpointId }).sources,
        );
        if (!first || !second) throw new Error('two accepts were made');
        const { added, removed } = diffSources(first, second);
        const text = (each: unknown): string => JSON.stringify(each);
        for (const part of ['sources', 'groups'] as const) {
          const gone = removed[part].map(text);
          const kept = first[part].map(text).filter((each) => !gone.includes(each));
          expect([...kept, ...added[part].map(text)].sort()).toEqual(second[part].map(text).sort());
        }
      }),
      { seed, numRuns: 200 },
    );
  });
});

const word = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,9}$/);
const feedback = fc.array(fc.record({ type: word, subtype: word }), { maxLength: 2 });
const rtpDescription: fc.Arbitrary<RtpDescription> = fc.record({
  media: fc.constantFrom('audio', 'video'),
  payloadTypes: fc.uniqueArray(
    fc.record({
      id: fc.nat({ max: 127 }),
      name: word,
      clockRate: fc.integer({ min: 1, max: 192_000 }),
      channels: fc.integer({ min: 1, max: 8 }),
      parameters: fc.array(fc.record({ name: fc.oneof(word, fc.constant('')), value: word }), {
        maxLength: 3,
      }),
      feedback,
    }),
    { selector: ({ id }) => id, minLength: 1, maxLength: 5 },
  ),
  feedback,
  headerExtensions: fc.array(fc.record({ id: fc.integer({ min: 1, max: 255 }), uri: fc.webUrl() }), {
    maxLength: 3,
  }),
  extmapAllowMixed: fc.boolean(),
  rtcpMux: fc.boolean(),
});

it('codecs, feedback and extensions of any content are read back from its SDP', () => {
  fc.assert(
    fc.property(
      rtpDescription,
      fc.constantFrom('unified' as const, 'plan-b' as const),
      (description, semantics) => {
        const { media } = description;
        if (media === 'application') return;
        const offer: JingleMessage = {
          action: 'session-initiate',
          sid: 's',
          contents: [{ name: media, creator: 'initiator', description }],
          sources: { sources: [], groups: [] },
        };
        const sdp: Sdp = parseSdp(buildOfferSdp(offer, { semantics }));
        expect(attribute(sdp.media[0] ?? [], 'mid')).toBe(semantics === 'plan-b' ? media : '0');
        expect(parseRtpLines(media, sdp.media[0] ?? [], sdp.session)).toEqual(description);
      },
    ),
    { seed, numRuns: 300 },
  );
});

/** Without what SDP says otherwise: hidden lists of parameters, channels that go without saying, the packet time. */
function comparable(whole: RtpDescription): unknown {
  const { maxPtime: _, payloadTypes, ...description } = whole;
  return {
    ...description,
    payloadTypes: payloadTypes.map(({ channels = 1, parameters, ...payloadType }) => ({
      ...payloadType,
      channels,
      parameters: parameters
        .map(({ name, value }) => (name === '' ? value : `${name}=${value}`))
        .join(';')
        .split(';')
        .filter((parameter) => parameter !== ''),
    })),
  };
}
