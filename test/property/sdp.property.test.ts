/** Candidates and local descriptions: what is written is read back; junk causes typed errors only. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MediaError, ParseError } from '../../src/base/errors.ts';
import { buildAccept } from '../../src/sdp/answer.ts';
import { buildCandidate, parseCandidate } from '../../src/sdp/candidate.ts';
import { buildOfferSdp } from '../../src/sdp/offer.ts';
import { RemoteDescription } from '../../src/sdp/remote-description.ts';
import { attributes, parseSdp, writeSdp } from '../../src/sdp/sdp.ts';
import { jingleMessage } from '../support/jingle-arbitrary.ts';
import { caseModel, sdpFixture } from '../support/jingle-cases.ts';

const seed = 20261123;
const offer = caseModel('worked-example.session-initiate');
const answer = sdpFixture('worked-example.answer.sdp');

describe('SDP', () => {
  it('of any offer can be read and is written back unchanged', () => {
    fc.assert(
      fc.property(
        jingleMessage('xml'),
        fc.constantFrom('unified' as const, 'plan-b' as const),
        (message, semantics) => {
          const text = buildOfferSdp(message, { semantics });
          expect(writeSdp(parseSdp(text))).toBe(text);
        },
      ),
      { seed, numRuns: 300 },
    );
  });

  it('of candidates is read back', () => {
    fc.assert(
      fc.property(jingleMessage('xml'), (message) => {
        for (const { transport } of message.contents) {
          for (const { id: _, relatedAddress, relatedPort, tcpType, ...candidate } of transport?.candidates ??
            []) {
            const full = {
              ...candidate,
              ...(candidate.protocol === 'tcp' && tcpType !== undefined ? { tcpType } : {}),
              ...(candidate.type !== 'host' && relatedAddress !== undefined && relatedPort !== undefined
                ? { relatedAddress, relatedPort }
                : {}),
            };
            expect(parseCandidate(buildCandidate(full))).toEqual(full);
          }
        }
      }),
      { seed, numRuns: 200 },
    );
  });

  it('has the SSRCs that were added and not removed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.boolean(), jingleMessage('xml'), fc.boolean()), { maxLength: 6 }),
        fc.constantFrom('unified' as const, 'plan-b' as const),
        (changes, semantics) => {
          const description = new RemoteDescription(offer, { semantics });
          const expected = new Set(offer.sources.sources.map(({ ssrc }) => ssrc));
          for (const [add, { sources }, isAnswered] of changes) {
            if (add) description.addSources(sources);
            else description.removeSources(sources);
            if (isAnswered) description.nextOffer().answered();
            for (const { ssrc } of sources.sources) {
              if (add) expected.add(ssrc);
              else expected.delete(ssrc);
            }
          }
          const { media } = parseSdp(description.toSdp());
          const found = media.flatMap((lines) =>
            attributes(lines, 'ssrc').map((value) => Number.parseInt(value, 10)),
          );
          expect(found).toHaveLength(expected.size);
          expect(new Set(found)).toEqual(expected);
          const mids = media.flatMap((lines) => attributes(lines, 'mid'));
          expect(new Set(mids).size).toBe(media.length);
        },
      ),
      { seed, numRuns: 200 },
    );
  });

  it('with junk in an answer causes typed errors only', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 12 }), fc.string({ maxLength: 6 })), {
          minLength: 1,
          maxLength: 5,
        }),
        (changes) => {
          const mutated = changes.reduce((text, [where, length, piece]) => {
            const at = where % text.length;
            return text.slice(0, at) + piece + text.slice(at + length);
          }, answer);
          try {
            buildAccept(offer, mutated, { endpointId: 'a1b2c3d4' });
          } catch (error) {
            expect(error instanceof ParseError || error instanceof MediaError).toBe(true);
          }
        },
      ),
      { seed, numRuns: 2000 },
    );
  });
});
