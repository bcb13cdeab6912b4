/** The session machine, step by step. */
import { describe, expect, it } from 'vitest';
import type { JingleMessage } from '../../../src/jingle/model.ts';
import type { SessionCommand } from '../../../src/jingle/session-io.ts';
import {
  accept,
  acknowledged,
  audio,
  condition,
  none,
  refusal,
  SessionHarness,
  silence,
} from '../../support/session-harness.ts';

const actions = (run: SessionHarness): string[] => run.sent.map(({ message }) => message.action);

describe('accepting', () => {
  it('is under way until the focus acknowledges it', () => {
    const run = new SessionHarness();
    expect(run.state).toBe('offered');
    run.command({ type: 'accept', message: accept });
    expect(run.state).toBe('accepting');
    expect(run.sent[0]?.message).toEqual({
      ...accept,
      initiator: 'focus@auth.meet.test/focus',
      responder: 'me@meet.test/r',
    });
    expect(run.settled).toEqual([]);
    run.answer(acknowledged);
    expect(run.state).toBe('active');
    expect(run.settled).toEqual([{ id: 'accept', code: 'ok' }]);
    expect(run.events).toEqual([{ type: 'accepted' }]);
    expect(run.transitions).toEqual([
      'offered → accepting: the offer was accepted',
      'accepting → active: the focus took our session-accept',
    ]);
  });

  it.each([
    ['bad-request', 'SSRC is already used: 909742225.', 'accept-refused'],
    ['forbidden', undefined, 'accept-refused'],
  ])('is refused with %s in the words of the focus: the session is over', (name, text, code) => {
    const run = new SessionHarness();
    run.command({ type: 'accept', message: accept });
    run.answer(refusal(condition(name, text), 'modify'));
    expect(run.settled).toMatchObject([{ id: 'accept', code, error: { kind: 'media' } }]);
    if (text !== undefined) expect(run.settled[0]?.error?.message).toContain(text);
    expect(run.settled[0]?.error?.message).toContain('leave and join again');
    const end = { reason: 'refused', by: 'focus', nextOffer: 'after-rejoin' };
    expect(run.session.state).toMatchObject({ name: 'ended', end });
    expect(run.eventsNamed('ended')).toMatchObject([{ end }]);
  });

  it.each([
    ['gone', '<gone xmlns="urn:ietf:params:xml:ns:xmpp-stanzas">session ended</gone>'],
    ['a sid that the focus does not know', condition('bad-request')],
  ])('is refused because of %s: a new offer may come', (_, content) => {
    const run = new SessionHarness();
    run.command({ type: 'accept', message: accept });
    run.answer(refusal(content));
    expect(run.settled).toMatchObject([{ id: 'accept', code: 'session-gone' }]);
    expect(run.session.state).toMatchObject({ end: { reason: 'gone', nextOffer: 'later' } });
  });

  it('is not answered: the session can be given up for a new one, or accepted again', () => {
    const run = new SessionHarness();
    run.command({ type: 'accept', message: accept });
    run.answer(silence);
    expect(run.settled).toMatchObject([{ code: 'accept-timeout', error: { retryable: true } }]);
    expect(run.settled[0]?.error?.message).toContain('restart()');
    expect(run.state).toBe('offered');
    run.activate();
    expect(run.state).toBe('active');
  });

  it('happens once', () => {
    const run = new SessionHarness();
    run.command({ type: 'accept', message: accept });
    run.command({ type: 'accept', message: accept }, 'again');
    expect(run.sent).toHaveLength(1);
    expect(run.settled).toMatchObject([{ id: 'again', code: 'session-state', error: { kind: 'usage' } }]);
    run.answer(acknowledged);
    run.command({ type: 'accept', message: accept }, 'later');
    expect(run.settled.at(-1)).toMatchObject({ id: 'later', code: 'session-state' });
    expect(run.state).toBe('active');
  });

  const withTransport = (change: object): JingleMessage => ({
    ...accept,
    contents: accept.contents.map((content) => ({
      ...content,
      transport: { ...content.transport, ...change } as never,
    })),
  });

  it.each<[string, JingleMessage, string]>([
    ['for another session', { ...accept, sid: 's2' }, 'accept-invalid'],
    ['that is something else', { ...accept, action: 'transport-info' }, 'accept-invalid'],
    ['without a transport', { ...accept, contents: [] }, 'answer-incomplete'],
    ['without credentials', withTransport({ pwd: '' }), 'answer-incomplete'],
    ['without a fingerprint', withTransport({ fingerprints: [] }), 'answer-incomplete'],
    [
      'without a DTLS role',
      withTransport({ fingerprints: [{ hash: 'sha-256', value: 'A', setup: 'actpass' }] }),
      'answer-incomplete',
    ],
    [
      'with groups that the focus would choke on',
      {
        ...accept,
        sources: { ...accept.sources, groups: [{ semantics: 'FEC-FR', ssrcs: [1, 2], mediaType: 'video' }] },
      },
      'source-group-unknown',
    ],
  ])('%s is refused before anything is sent', (_, message, code) => {
    const run = new SessionHarness();
    run.command({ type: 'accept', message });
    expect(run.settled).toMatchObject([{ code }]);
    expect(run.sent).toEqual([]);
    expect(run.state).toBe('offered');
  });
});

describe('our sources', () => {
  it('wait until the accept is acknowledged, and go one after the other', () => {
    const run = new SessionHarness();
    run.command({ type: 'add-sources', sources: audio(7) }, 'first');
    run.command({ type: 'accept', message: accept });
    run.command({ type: 'remove-sources', sources: audio(7) }, 'second');
    expect(actions(run)).toEqual(['session-accept']);
    run.answer(acknowledged);
    expect(run.sent.map(({ message }) => message)).toEqual([
      {
        action: 'source-add',
        sid: 's1',
        initiator: 'focus@auth.meet.test/focus',
        responder: 'me@meet.test/r',
        contents: [],
        sources: audio(7),
      },
    ]);
    run.answer(acknowledged);
    expect(actions(run)).toEqual(['source-remove']);
    run.answer(acknowledged);
    expect(run.settled.map(({ id }) => id)).toEqual(['accept', 'first', 'second']);
  });

  it('that are refused change nothing, and the next goes on', () => {
    const run = new SessionHarness().activate();
    run.command({ type: 'add-sources', sources: audio(7) }, 'first');
    run.command({ type: 'add-sources', sources: audio(8) }, 'second');
    run.answer(refusal(condition('bad-request', 'SSRC limit (20) exceeded.'), 'modify'));
    expect(run.settled.at(-1)).toMatchObject({ id: 'first', code: 'sources-refused' });
    expect(run.settled.at(-1)?.error?.message).toContain('SSRC limit (20) exceeded.');
    expect(actions(run)).toEqual(['source-add']);
    run.answer(silence);
    expect(run.settled.at(-1)).toMatchObject({ id: 'second', code: 'sources-timeout' });
    expect(run.state).toBe('active');
  });

  it('for which the session is gone end it, and what waits', () => {
    const run = new SessionHarness().activate();
    run.command({ type: 'add-sources', sources: audio(7) }, 'first');
    run.command({ type: 'add-sources', sources: audio(8) }, 'second');
    run.answer(refusal(condition('item-not-found', 'jingle session no longer active')));
    expect(run.settled.slice(1)).toMatchObject([
      { id: 'first', code: 'session-gone' },
      { id: 'second', code: 'session-ended' },
    ]);
    expect(run.state).toBe('ended');
    expect(run.sent).toEqual([]);
  });
});

describe('trickle', () => {
  const transport = { ...accept.contents[0]?.transport, candidates: [] } as never;

  it('is sent at once in the first content of the accept', () => {
    const run = new SessionHarness();
    run.command({ type: 'trickle', transport });
    expect(run.settled).toMatchObject([{ code: 'session-state' }]);
    run.command({ type: 'accept', message: accept });
    run.command({ type: 'trickle', transport });
    expect(run.sent[1]?.message).toMatchObject({
      action: 'transport-info',
      contents: [{ name: 'audio', creator: 'responder', transport: { ufrag: 'mine' } }],
    });
  });

  it('that is refused leaves the session as it is', () => {
    const run = new SessionHarness().activate();
    run.command({ type: 'trickle', transport });
    run.answer(refusal(condition('internal-server-error')));
    expect(run.settled.at(-1)).toMatchObject({ code: 'trickle-refused' });
    expect(run.state).toBe('active');
  });
});

describe('the focus', () => {
  it.each<[string, string | undefined, string]>([
    ['success', 'moving', 'at-once'],
    ['expired', 'Idle session timeout', 'later'],
    ['general-error', 'jingle session failed', 'after-rejoin'],
    ['success', undefined, 'later'],
  ])('ends the session with %s %s: the next offer comes %s', (reason, text, nextOffer) => {
    const run = new SessionHarness().activate();
    run.command({ type: 'add-sources', sources: audio(7) });
    run.focus('session-terminate', {
      reason: { condition: reason, ...(text === undefined ? {} : { text }) },
    });
    expect(run.replies).toEqual(['result']);
    expect(run.eventsNamed('ended')).toEqual([
      { type: 'ended', end: { reason, by: 'focus', nextOffer, ...(text === undefined ? {} : { text }) } },
    ]);
    expect(run.settled.at(-1)).toMatchObject({ id: 'add-sources', code: 'session-ended' });
  });

  it('may end it before or while we accept', () => {
    for (const early of [true, false]) {
      const run = new SessionHarness();
      if (!early) run.command({ type: 'accept', message: accept });
      run.focus('session-terminate');
      expect(run.state).toBe('ended');
      if (early) run.command({ type: 'accept', message: accept });
      else run.answer(acknowledged);
      expect(run.settled).toMatchObject([{ id: 'accept', code: 'session-ended' }]);
      expect(run.eventsNamed('accepted')).toEqual([]);
    }
  });

  it('tells of sources in every state, also before our accept is acknowledged', () => {
    const run = new SessionHarness();
    run.focus('source-add', { sources: audio(2, 'abc') });
    run.command({ type: 'accept', message: accept });
    run.focus('source-add', { sources: audio(3, 'abc') });
    run.answer(acknowledged);
    run.focus('source-remove', { sources: audio(2, 'abc') });
    expect([...run.session.sources].map(({ ssrc }) => ssrc)).toEqual([1, 3]);
    expect(run.events.map(({ type }) => type)).toEqual([
      'sources-added',
      'sources-added',
      'accepted',
      'sources-removed',
    ]);
  });

  it('may repeat itself and come in the wrong order: what is known counts', () => {
    const run = new SessionHarness();
    run.focus('source-remove', { sources: audio(9, 'abc') });
    run.focus('source-add', { sources: audio(2, 'abc') });
    run.focus('source-add', { sources: audio(2, 'other') });
    expect(run.replies).toEqual(['result', 'result', 'result']);
    expect(run.session.sources.get(2)?.owner).toBe('abc');
    expect(run.events.map((event) => (event.type === 'warning' ? event.error.code : event.type))).toEqual([
      'source-unknown',
      'sources-added',
      'source-known',
    ]);
  });

  it('may trickle candidates', () => {
    const run = new SessionHarness();
    const candidate = {
      foundation: '1',
      component: 1,
      protocol: 'udp',
      priority: 1,
      ip: '10.0.0.1',
      port: 1,
      type: 'host',
      generation: 0,
    };
    const transport = { rtcpMux: true, fingerprints: [], candidates: [candidate], webSocketUrls: [] };
    const contents = [{ name: 'audio', creator: 'initiator' as const, transport }];
    run.focus('transport-info', { contents });
    run.focus('transport-info', { contents });
    run.focus('transport-info');
    expect(run.session.transport).toMatchObject({ ufrag: 'u0', candidates: [candidate] });
    expect(run.eventsNamed('transport-changed')).toMatchObject([{ iceRestart: false }]);
  });

  it('may trickle as many candidates as a bridge has addresses', () => {
    const run = new SessionHarness();
    const candidate = {
      foundation: '1',
      component: 1,
      protocol: 'udp',
      priority: 1,
      ip: '10.0.0.1',
      type: 'host',
    };
    const candidates = Array.from({ length: 300 }, (_, port) => ({ ...candidate, port, generation: 0 }));
    const transport = { rtcpMux: true, fingerprints: [], candidates, webSocketUrls: [] };
    const contents = [{ name: 'audio', creator: 'initiator' as const, transport }];
    run.focus('transport-info', { contents });
    run.focus('transport-info', { contents });
    expect(run.session.transport?.candidates).toHaveLength(256);
    expect(run.eventsNamed('transport-changed')).toHaveLength(1);
  });

  it('may announce more sources than are kept, which is said once', () => {
    const run = new SessionHarness();
    for (const start of [1_000_000, 2_000_000])
      run.focus('source-add', {
        sources: {
          sources: Array.from({ length: 21_000 }, (_, index) => ({
            ssrc: start + index,
            mediaType: 'audio' as const,
          })),
          groups: [],
        },
      });
    expect(run.session.sources.size).toBe(20_000);
    const codes = run.events.flatMap((event) => (event.type === 'warning' ? [event.error.code] : []));
    expect(codes).toEqual(['sources-too-many']);
  });

  it.each([
    ['session-info', 'result'],
    ['session-initiate', 'service-unavailable'],
    ['session-accept', 'unexpected-request'],
    ['transport-accept', 'unexpected-request'],
    ['content-modify', 'feature-not-implemented'],
    ['no-such-action', 'feature-not-implemented'],
  ])('that sends %s gets %s', (action, reply) => {
    const run = new SessionHarness().activate();
    run.focus(action);
    expect(run.replies).toEqual([reply]);
    expect(run.state).toBe('active');
  });
});

describe('after the end', () => {
  const commands: SessionCommand[] = [
    { type: 'accept', message: accept },
    { type: 'add-sources', sources: none },
    { type: 'remove-sources', sources: none },
    { type: 'trickle', transport: accept.contents[0]?.transport as never },
    { type: 'restart' },
    { type: 'restart-ice' },
    { type: 'terminate', reason: { condition: 'success' } },
  ];

  it.each(commands.map((command) => [command.type, command] as const))('%s fails', (_, command) => {
    const run = new SessionHarness();
    run.feed({ type: 'lost', end: { reason: 'gone', by: 'us', nextOffer: 'after-rejoin' } });
    run.command(command);
    expect(run.settled).toMatchObject([{ code: 'session-ended', error: { kind: 'media' } }]);
    expect(run.sent).toEqual([]);
  });

  it('messages are about an unknown session, and it does not end again', () => {
    const run = new SessionHarness();
    run.focus('session-terminate');
    run.focus('session-terminate');
    run.feed({ type: 'lost', end: { reason: 'gone', by: 'us', nextOffer: 'after-rejoin' } });
    expect(run.replies).toEqual(['result', 'item-not-found']);
    expect(run.eventsNamed('ended')).toHaveLength(1);
  });

  it('we end it ourselves, whatever the focus says to that', () => {
    const run = new SessionHarness().activate();
    run.command({ type: 'terminate', reason: { condition: 'success', text: 'bye' } });
    expect(run.sent[0]?.message).toMatchObject({
      action: 'session-terminate',
      reason: { condition: 'success', text: 'bye' },
      bridgeSession: { id: 'b1', restart: false },
    });
    expect(run.session.state).toMatchObject({
      end: { reason: 'success', text: 'bye', by: 'us', nextOffer: 'after-rejoin' },
    });
    run.answer(refusal(condition('item-not-found')));
    expect(run.settled.at(-1)).toMatchObject({ id: 'terminate', code: 'terminate-refused' });
    expect(run.eventsNamed('warning')).toEqual([]);
  });
});

describe('another fingerprint within the session', () => {
  const withTransport = (change: object): Pick<JingleMessage, 'contents'> => ({
    contents: [
      {
        name: 'audio',
        creator: 'initiator',
        transport: { rtcpMux: false, fingerprints: [], candidates: [], webSocketUrls: [], ...change },
      },
    ],
  });
  const other = { hash: 'sha-256', value: 'EE:FF', setup: 'actpass' as const };
  const same = { hash: 'SHA-256', value: ' aa:bb ', setup: 'actpass' as const };

  it.each([
    ['with candidates', { fingerprints: [other] }],
    ['with new credentials', { fingerprints: [other], ufrag: 'u1', pwd: 'p1', iceGeneration: 1 }],
    ['of another hash function', { fingerprints: [{ ...same, hash: 'sha-512' }] }],
  ])('%s ends it, and the focus is told why', (_, change) => {
    const run = new SessionHarness();
    run.activate();
    run.focus('transport-info', withTransport(change));
    expect(run.eventsNamed('warning')).toMatchObject([{ error: { code: 'fingerprint-changed' } }]);
    const end = { reason: 'security-error', by: 'us', nextOffer: 'after-rejoin' };
    expect(run.session.state).toMatchObject({ name: 'ended', end });
    expect(run.sent.at(-1)?.message).toMatchObject({
      action: 'session-terminate',
      reason: { condition: 'security-error' },
      bridgeSession: { id: 'b1', restart: false },
    });
    expect(run.session.transport?.fingerprints).toEqual([
      { hash: 'sha-256', value: 'AA:BB', setup: 'actpass' },
    ]);
    expect(run.session.transport?.ufrag).toBe('u0');
  });

  it.each([
    ['the same, written otherwise', { fingerprints: [same], ufrag: 'u1', pwd: 'p1', iceGeneration: 1 }],
    ['the same among others', { fingerprints: [other, same] }],
    ['none', { ufrag: 'u1', pwd: 'p1', iceGeneration: 1 }],
  ])('is not %s', (_, change) => {
    const run = new SessionHarness();
    run.activate();
    run.focus('transport-info', withTransport(change));
    expect(run.state).toBe('active');
    expect(run.eventsNamed('warning')).toEqual([]);
  });
});
