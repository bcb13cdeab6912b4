/**
 * Whatever the focus, others and our user do, in whatever order: one session at most is live, every command is settled once and
 * with an error of ours at worst, and every request of another is answered once.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JitsiError } from '../../src/base/errors.ts';
import {
  type JingleOutcome,
  type JingleSend,
  JingleSessions,
} from '../../src/conference/sessions/jingle-sessions.ts';
import { jingleElement } from '../../src/conference/sessions/jingle-sessions.ts';
import type { JingleMessage, SourceSet } from '../../src/jingle/model.ts';
import type { SessionCommand } from '../../src/jingle/session-io.ts';
import { xml } from '../../src/xml/element.ts';
import type { IqOutcome } from '../../src/xmpp/iq-tracker.ts';
import { iqSet } from '../../src/xmpp/stanza.ts';
import {
  accept,
  acknowledged,
  audio,
  condition,
  none,
  offer,
  refusal,
  silence,
} from '../support/session-harness.ts';

const seed = 20261124;
const focus = 'room@conference.meet.test/focus';

const sid = fc.constantFrom('s1', 's2', 's3', 's4');
const sources: fc.Arbitrary<SourceSet> = fc.oneof(
  fc.integer({ min: 1, max: 6 }).map((ssrc) => audio(ssrc, 'abc')),
  fc.constant(none),
);
const transport = fc.record({
  ufrag: fc.constantFrom('u1', 'u2'),
  pwd: fc.constant('p'),
  iceGeneration: fc.nat({ max: 3 }),
  rtcpMux: fc.constant(true),
  fingerprints: fc.constant([]),
  candidates: fc.constant([]),
  webSocketUrls: fc.constant([]),
});

const message: fc.Arbitrary<JingleMessage> = fc
  .record({
    action: fc.constantFrom(
      'session-initiate',
      'source-add',
      'source-remove',
      'transport-info',
      'transport-replace',
      'session-info',
      'session-terminate',
      'session-accept',
      'content-modify',
    ),
    sid,
    sources,
    transport,
    hasBridgeSession: fc.boolean(),
  })
  .map(({ action, sid: id, sources: set, transport: ice, hasBridgeSession }) => ({
    action,
    sid: id,
    contents:
      action === 'session-initiate'
        ? offer.contents
        : [{ name: 'audio', creator: 'initiator' as const, transport: ice }],
    sources: set,
    ...(hasBridgeSession ? { bridgeSession: { id: `b-${id}` } } : {}),
  }));

const command: fc.Arbitrary<SessionCommand> = fc.oneof(
  {
    weight: 4,
    arbitrary: sid.map((id): SessionCommand => ({ type: 'accept', message: { ...accept, sid: id } })),
  },
  sources.map((set): SessionCommand => ({ type: 'add-sources', sources: set })),
  sources.map((set): SessionCommand => ({ type: 'remove-sources', sources: set })),
  transport.map((ice): SessionCommand => ({ type: 'trickle', transport: ice })),
  fc.constantFrom<SessionCommand>(
    { type: 'restart' },
    { type: 'restart-ice' },
    { type: 'terminate', reason: { condition: 'success' } },
  ),
);

const outcome: fc.Arbitrary<IqOutcome> = fc.constantFrom(
  acknowledged,
  acknowledged,
  acknowledged,
  silence,
  refusal(condition('bad-request', 'Invalid SSRC: 0.'), 'modify'),
  refusal(condition('bad-request'), 'modify'),
  refusal('<gone xmlns="urn:ietf:params:xml:ns:xmpp-stanzas">session ended</gone>'),
  refusal(condition('item-not-found')),
  refusal(condition('resource-constraint', 'rate-limited'), 'wait'),
);

type Step =
  /** `isCurrent`: with the sid of the session that is live, except for offers */
  | { do: 'receive'; message: JingleMessage; isCurrent: boolean; isFocus: boolean }
  | { do: 'receive-junk' }
  | { do: 'command'; sid: string | undefined; command: SessionCommand }
  /** `which`: 0 is the newest request */
  | { do: 'answer'; which: number; outcome: IqOutcome }
  | { do: 'wait'; ms: number }
  | { do: 'clear' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('receive' as const),
      message,
      isCurrent: fc.boolean(),
      isFocus: fc.integer({ min: 0, max: 3 }).map((value) => value > 0),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'receive-junk' as const }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('command' as const),
      sid: fc.option(sid, { nil: undefined, freq: 2 }),
      command,
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('answer' as const),
      which: fc.constantFrom(0, 0, 0, 1, 2),
      outcome,
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(20_000) }) },
  { weight: 1, arbitrary: fc.constant({ do: 'clear' as const }) },
);

class Player {
  readonly sessions = new JingleSessions('offer');
  readonly live = new Set<string>();
  readonly given = new Set<string>();
  readonly settled: string[] = [];
  #now = 1_790_000_000_000;
  #open: JingleSend[] = [];
  #ids = 0;
  #restarts: number[] = [];

  play(next: Step): void {
    switch (next.do) {
      case 'receive': {
        const from = next.isFocus ? focus : 'room@conference.meet.test/abc';
        const isOffer = next.message.action === 'session-initiate';
        const current = this.sessions.current?.sid;
        const isMeant = next.isCurrent && !isOffer && current !== undefined;
        const meant = isMeant ? { ...next.message, sid: current } : next.message;
        return this.#receive(from, jingleElement(meant), next.isFocus);
      }
      case 'receive-junk':
        return this.#receive(focus, xml('urn:xmpp:jingle:1', 'jingle', { action: 'source-add' }), true);
      case 'command': {
        this.#ids += 1;
        const id = `c${this.#ids}`;
        this.given.add(id);
        const wanted = next.sid ?? this.sessions.current?.sid ?? 's1';
        const isAccept = next.command.type === 'accept' && next.sid === undefined;
        const wish = isAccept
          ? { type: 'accept' as const, message: { ...accept, sid: wanted } }
          : next.command;
        return this.#take(this.sessions.command(wanted, id, wish, this.#now));
      }
      case 'answer': {
        const [send] = this.#open.splice(-1 - next.which, 1);
        if (send) this.#take(send.answered(next.outcome, this.#now));
        return;
      }
      case 'wait':
        return this.#wait(next.ms);
      case 'clear':
        return this.#take(this.sessions.clear());
      default:
        next satisfies never;
    }
  }

  /** The room is left, and nothing is answered any more. */
  finish(): void {
    this.#take(this.sessions.clear());
    expect(this.settled.toSorted()).toEqual([...this.given].toSorted());
    for (const send of this.#open) this.#take(send.answered(silence, this.#now));
  }

  #receive(from: string, jingle: ReturnType<typeof jingleElement>, isFocus: boolean): void {
    this.#ids += 1;
    const iq = { ...iqSet('me@meet.test/r', `j${this.#ids}`, jingle) };
    const steps = this.sessions.handle({ ...iq, attrs: { ...iq.attrs, from } }, jingle, isFocus, this.#now);
    expect(steps.filter(({ type }) => type === 'reply')).toHaveLength(1);
    expect(steps[0]?.type).toBe('reply');
    this.#take(steps);
  }

  #wait(ms: number): void {
    const end = this.#now + ms;
    for (
      let next = this.sessions.nextTimeout();
      next !== undefined && next <= end;
      next = this.sessions.nextTimeout()
    ) {
      this.#now = Math.max(this.#now, next);
      this.#take(this.sessions.tick(this.#now));
    }
    this.#now = end;
  }

  #take(steps: JingleOutcome): void {
    for (const each of steps) {
      if (each.type === 'send') this.#sent(each.send);
      if (each.type === 'answer') {
        this.settled.push(each.id);
        if (!each.outcome.ok) expect(each.outcome.error).toBeInstanceOf(JitsiError);
      }
      if (each.type !== 'event') continue;
      const { name, payload } = each.event;
      if (name === 'sessionOffered') this.live.add(payload.session.sid);
      if (name === 'sessionEnded') expect(this.live.delete(payload.session.sid)).toBe(true);
      expect(this.live.size).toBeLessThanOrEqual(1);
    }
    expect([...this.live]).toEqual(this.sessions.current ? [this.sessions.current.sid] : []);
  }

  #sent(send: JingleSend): void {
    this.#open.push(send);
    if (!send.tried.includes('for a restart')) return;
    // The focus' own rule (media requests are counted when they arrive, at once here).
    const last = this.#restarts.at(-1);
    if (last !== undefined) expect(this.#now - last).toBeGreaterThanOrEqual(5_000);
    this.#restarts = this.#restarts.filter((time) => this.#now - time <= 60_000);
    expect(this.#restarts.length).toBeLessThan(5);
    this.#restarts.push(this.#now);
  }
}

describe('sessions', () => {
  it('survive any order of what may happen', () => {
    const reached = new Set<string>();
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const player = new Player();
        for (const next of steps) {
          player.play(next);
          const { current } = player.sessions;
          if (current) reached.add(current.state.name);
        }
        player.finish();
        expect(player.live.size).toBe(0);
        expect(player.settled.toSorted()).toEqual([...player.given].toSorted());
      }),
      { seed, numRuns: 1_000 },
    );
    // It would be worth nothing if no session ever got that far.
    expect([...reached].toSorted()).toEqual(['accepting', 'active', 'offered']);
  });
});
