/** Giving a session up for a new one, and new ICE credentials in the same one. */
import { describe, expect, it } from 'vitest';
import type { JingleMessage } from '../../../src/jingle/model.ts';
import {
  acknowledged,
  audio,
  condition,
  refusal,
  SessionHarness,
  silence,
} from '../../support/session-harness.ts';

const actions = (run: SessionHarness): string[] => run.sent.map(({ message }) => message.action);

describe('a restart', () => {
  it('ends the session at once and asks for a new offer', () => {
    const run = new SessionHarness().activate();
    run.command({ type: 'add-sources', sources: audio(7) });
    run.command({ type: 'restart' });
    expect(run.session.state).toEqual({
      name: 'ended',
      end: { reason: 'connectivity-error', text: 'ICE FAILED', by: 'us', nextOffer: 'at-once' },
    });
    expect(run.sent.at(-1)?.message).toMatchObject({
      action: 'session-terminate',
      sid: 's1',
      reason: { condition: 'connectivity-error', text: 'ICE FAILED' },
      bridgeSession: { id: 'b1', restart: true },
    });
    expect(run.settled.slice(1)).toMatchObject([{ id: 'add-sources', code: 'session-ended' }]);
    // The source-add is acknowledged late: nobody waits for it.
    run.answer(acknowledged);
    run.answer(acknowledged);
    expect(run.settled.slice(2)).toEqual([{ id: 'restart', code: 'ok' }]);
  });

  it('is possible before the accept too', () => {
    const run = new SessionHarness();
    run.command({ type: 'restart' });
    expect(actions(run)).toEqual(['session-terminate']);
  });

  it('that the focus refuses leaves us without a session', () => {
    const run = new SessionHarness().activate();
    run.command({ type: 'restart' });
    run.answer(refusal(condition('resource-constraint', 'rate-limited'), 'wait'));
    expect(run.settled.at(-1)).toMatchObject({ code: 'restart-refused' });
    expect(run.settled.at(-1)?.error?.message).toMatch(/rate-limited.*leave and join again/);
    expect(run.eventsNamed('warning')).toMatchObject([{ error: { code: 'restart-refused' } }]);
  });

  it('that comes too soon is not sent, and the session goes on', () => {
    const first = new SessionHarness().activate();
    first.command({ type: 'restart' });
    first.now += 10;
    first.answer(acknowledged);
    const second = new SessionHarness({}, first.limits).activate();
    second.now = first.now + 4_999;
    second.command({ type: 'restart' });
    expect(second.settled.at(-1)).toMatchObject({
      code: 'restart-limited',
      error: { retryAfter: 1, retryable: true },
    });
    expect(second.sent).toEqual([]);
    expect(second.state).toBe('active');
    second.now += 1;
    second.command({ type: 'restart' });
    expect(actions(second)).toEqual(['session-terminate']);
  });

  it('needs to know the bridge session', () => {
    const run = new SessionHarness({ bridgeSession: {} }).activate();
    run.command({ type: 'restart' });
    run.command({ type: 'restart-ice' });
    expect(run.settled.slice(1)).toMatchObject([
      { code: 'restart-unsupported' },
      { code: 'restart-unsupported' },
    ]);
    expect(run.sent).toEqual([]);
    run.focus('transport-replace');
    expect(run.eventsNamed('warning')).toMatchObject([{ error: { code: 'restart-unsupported' } }]);
  });

  it('follows a transport-replace, with the id of the new bridge session', () => {
    const run = new SessionHarness().activate();
    run.focus('transport-replace', { bridgeSession: { id: 'b2' } });
    expect(run.replies).toEqual(['result']);
    expect(run.sent.at(-1)?.message.bridgeSession).toEqual({ id: 'b2', restart: true });
    run.answer(silence);
    expect(run.eventsNamed('warning')).toMatchObject([{ error: { code: 'restart-timeout' } }]);
  });

  it('after a transport-replace waits until it is allowed', () => {
    const run = new SessionHarness().activate();
    run.limits.restart.requested(run.now - 2_000);
    run.focus('transport-replace');
    expect(run.sent).toEqual([]);
    run.advance(2_999);
    expect(run.state).toBe('active');
    run.advance(1);
    expect(actions(run)).toEqual(['session-terminate']);
    expect(run.session.nextTimeout()).toBeUndefined();
  });
});

describe('an ICE restart', () => {
  const renewed = (generation: number): Partial<JingleMessage> => ({
    contents: [
      {
        name: 'audio',
        creator: 'initiator',
        transport: {
          ufrag: `u${generation}`,
          pwd: `p${generation}`,
          iceGeneration: generation,
          rtcpMux: true,
          fingerprints: [],
          candidates: [],
          webSocketUrls: [],
        },
      },
    ],
  });

  it.each(['before', 'after'])('is done when the credentials came, %s the acknowledgement', (order) => {
    const run = new SessionHarness().activate();
    run.command({ type: 'restart-ice' });
    expect(run.sent[0]?.message).toMatchObject({
      action: 'session-info',
      bridgeSession: { id: 'b1', iceRestart: true },
    });
    if (order === 'before') run.focus('transport-info', renewed(1));
    run.answer(acknowledged);
    if (order === 'after') {
      expect(run.settled).toHaveLength(1);
      run.focus('transport-info', renewed(1));
    }
    expect(run.settled.slice(1)).toEqual([{ id: 'restart-ice', code: 'ok' }]);
    expect(run.session.transport).toMatchObject({
      ufrag: 'u1',
      pwd: 'p1',
      iceGeneration: 1,
      fingerprints: [{ value: 'AA:BB' }],
      webSocketUrls: ['wss://meet.test/colibri-ws/jvb1/c/e?pwd=x'],
    });
    expect(run.eventsNamed('transport-changed')).toMatchObject([{ iceRestart: true }]);
    expect(run.session.nextTimeout()).toBeUndefined();
  });

  it('that is repeated or overtaken changes nothing', () => {
    const run = new SessionHarness().activate();
    run.focus('transport-info', renewed(2));
    run.focus('transport-info', renewed(2));
    run.focus('transport-info', renewed(1));
    expect(run.session.transport?.ufrag).toBe('u2');
    expect(run.eventsNamed('transport-changed')).toHaveLength(1);
    expect(run.replies).toEqual(['result', 'result', 'result']);
  });

  it.each([
    ['5 s after the acknowledgement', true, 5_000],
    ['after 15 s without one', false, 15_000],
  ])('ends without credentials %s, and the session goes on', (_, isAcknowledged, time) => {
    const run = new SessionHarness().activate();
    run.command({ type: 'restart-ice' });
    if (isAcknowledged) run.answer(acknowledged);
    run.advance(time - 1);
    expect(run.settled).toHaveLength(1);
    run.advance(1);
    expect(run.settled.slice(1)).toMatchObject([{ id: 'restart-ice', code: 'ice-restart-timeout' }]);
    expect(run.state).toBe('active');
  });

  it('is refused by the focus, or is not answered', () => {
    for (const [outcome, code] of [
      [refusal(condition('feature-not-implemented')), 'ice-restart-refused'],
      [silence, 'ice-restart-timeout'],
    ] as const) {
      const run = new SessionHarness().activate();
      run.command({ type: 'restart-ice' });
      run.answer(outcome);
      expect(run.settled.slice(1)).toMatchObject([{ code }]);
      expect(run.session.nextTimeout()).toBeUndefined();
      expect(run.state).toBe('active');
    }
  });

  it('is asked for once at a time, not too often, and only in an accepted session', () => {
    const run = new SessionHarness();
    run.command({ type: 'restart-ice' }, 'early');
    run.activate();
    run.command({ type: 'restart-ice' }, 'first');
    run.command({ type: 'restart-ice' }, 'second');
    run.answer(refusal(condition('item-not-found')));
    run.command({ type: 'restart-ice' }, 'third');
    expect(run.settled).toMatchObject([
      { id: 'early', code: 'session-state' },
      { id: 'accept', code: 'ok' },
      { id: 'second', code: 'session-state' },
      { id: 'first', code: 'ice-restart-refused' },
      { id: 'third', code: 'restart-limited' },
    ]);
    expect(run.settled.at(-1)?.error?.message).toContain('an ICE restart');
    // The two kinds do not count against each other.
    run.command({ type: 'restart' });
    expect(actions(run)).toEqual(['session-terminate']);
  });
});
