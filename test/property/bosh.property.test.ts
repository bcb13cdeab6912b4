/** Answers of BOSH servers, damaged and out of turn: the session goes on or ends, and bounds what it asks. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConnectionError, ParseError, ProtocolError } from '../../src/base/errors.ts';
import { xml } from '../../src/xml/element.ts';
import { serialize } from '../../src/xml/serialize.ts';
import { buildBody, parseBody } from '../../src/xmpp/bosh/body.ts';
import { type BoshEffect, BoshSession } from '../../src/xmpp/bosh/session.ts';
import { buildClose, buildOpen } from '../../src/xmpp/framing.ts';
import { ns } from '../../src/xmpp/namespaces.ts';
import { edited, type TextEdit, textEdit } from '../support/mutations.ts';
import { seededRandom } from '../support/random.ts';

const seed = 20261129;
const lost = new ConnectionError('broken', { code: 'connection-lost', retryable: true });

const bodies = [
  buildBody({ sid: 's', wait: 60, requests: 2, hold: 1, polling: 5, inactivity: 60, ack: 1 }, [
    '<stream:features xmlns:stream="http://etherx.jabber.org/streams"/>',
  ]),
  buildBody({}, [
    '<message xmlns="jabber:client"><body>hi</body></message>',
    '<presence xmlns="jabber:client"/>',
  ]),
  buildBody({}),
  buildBody({ type: 'terminate', condition: 'host-unknown' }),
  buildBody({ type: 'error' }),
  '<html/>',
  '',
];

const numberText = fc.oneof(
  fc.string(),
  fc.integer().map(String),
  fc.constantFrom('-1', '1e9', 'NaN', '9'.repeat(400)),
);

describe('answers of a BOSH server', () => {
  it('are read, or refused with an error of ours, and never believed about times', () => {
    const attrs = fc.record({
      wait: numberText,
      requests: numberText,
      polling: numberText,
      inactivity: numberText,
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...bodies),
        fc.array(textEdit(bodies), { maxLength: 4 }),
        attrs,
        (text, edits, given) => {
          for (const candidate of [damaged(text, edits), buildBody(given)]) {
            try {
              const { terms } = parseBody(candidate);
              for (const value of [terms.wait, terms.requests, terms.polling, terms.inactivity]) {
                expect(Number.isInteger(value) && value >= 0 && value <= 3_600).toBe(true);
              }
            } catch (error) {
              expect(error instanceof ParseError || error instanceof ProtocolError).toBe(true);
            }
          }
        },
      ),
      { seed, numRuns: 2_000 },
    );
  });

  type Step =
    | { type: 'answer'; at: number; status: number; text: string }
    | { type: 'break'; at: number; code: string }
    | { type: 'send'; kind: number }
    | { type: 'wait'; ms: number };
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        type: fc.constant('answer' as const),
        at: fc.nat(3),
        status: fc.constantFrom(200, 200, 200, 200, 404, 429, 502, 0),
        text: fc
          .tuple(fc.constantFrom(...bodies), fc.array(textEdit(bodies), { maxLength: 1 }))
          .map(([text, edits]) => damaged(text, edits)),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        type: fc.constant('break' as const),
        at: fc.nat(3),
        code: fc.constantFrom('connection-lost', 'http-too-large'),
      }),
    },
    { weight: 3, arbitrary: fc.record({ type: fc.constant('send' as const), kind: fc.nat(9) }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('wait' as const), ms: fc.nat(90_000) }) },
  );

  it('in any order leave a session that has at most two requests under way, numbers them, and ends once', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const session = new BoshSession('meet.test', seededRandom(3));
        const underWay = new Map<number, string>();
        let now = 1_000_000;
        let ends = 0;
        let highest = -1;
        const run = (effects: BoshEffect[]): void => {
          for (const effect of [...effects, ...session.flush(now)]) {
            expect(ends, 'after the end').toBe(0);
            if (effect.type === 'failed' || effect.type === 'closed') ends += 1;
            if (effect.type !== 'request') continue;
            const known = underWay.get(effect.rid);
            // Repeated as it was, or the next one.
            if (known === undefined) {
              if (highest >= 0) expect(effect.rid).toBe(highest + 1);
              highest = effect.rid;
            } else expect(effect.body).toBe(known);
            underWay.set(effect.rid, effect.body);
            expect(underWay.size).toBeLessThanOrEqual(2);
            expect(effect.timeout).toBeLessThanOrEqual(75_000);
          }
          const next = session.nextTimeout();
          if (next !== undefined && ends === 0) expect(next).toBeGreaterThanOrEqual(now - 60_000);
        };
        session.send(buildOpen('meet.test'));
        run([]);
        for (const each of steps) {
          const rids = [...underWay.keys()];
          if (each.type === 'wait') {
            now += each.ms;
            run(session.tick(now));
          } else if (each.type === 'send') {
            if (each.kind === 0) session.send(buildClose());
            else if (each.kind === 1) session.send(buildOpen('meet.test'));
            else session.send(xml(ns.client, 'message', {}, 'x'.repeat(10_000 * each.kind)));
            run([]);
          } else {
            const rid = rids[each.at % Math.max(1, rids.length)];
            if (rid === undefined) continue;
            if (each.type === 'break') {
              if (each.code === 'http-too-large') underWay.delete(rid);
              run(
                session.failed(
                  rid,
                  each.code === 'connection-lost' ? lost : new ConnectionError('x', { code: each.code }),
                  now,
                ),
              );
            } else {
              if (each.status === 200 && isTaken(each.text)) underWay.delete(rid);
              run(session.answered(rid, { status: each.status, body: each.text }, now));
            }
          }
        }
      }),
      { seed, numRuns: 1_000 },
    );
  });

  it('may hold what we serialize', () => {
    const stanza = xml(ns.client, 'message', { to: 'a&"<' }, '</body>');
    expect(parseBody(buildBody({ rid: 1 }, [serialize(stanza)])).payload).toEqual([stanza]);
  });
});

function damaged(text: string, edits: readonly TextEdit[]): string {
  return edits.reduce((before, edit) => edited(before, edit), text);
}

/** An answer after which the request is not under way any more. */
function isTaken(text: string): boolean {
  try {
    return parseBody(text).type !== 'error';
  } catch {
    return false;
  }
}
