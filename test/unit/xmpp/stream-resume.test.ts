import { describe, expect, it } from 'vitest';
import { type XmlElement, xml } from '../../../src/xml/element.ts';
import { parseXml } from '../../../src/xml/parse.ts';
import { serialize } from '../../../src/xml/serialize.ts';
import { iqGet, message } from '../../../src/xmpp/stanza.ts';
import { captureFrames, readCapture } from '../../support/captures.ts';
import { ModelXmppServer } from '../../support/model-xmpp-server.ts';
import {
  close,
  closeSent,
  features,
  jid,
  loggedIn,
  mechanisms,
  received,
  Run,
  success,
} from '../../support/stream-run.ts';

const sm = 'urn:xmpp:sm:3';
const smFeature = `<sm xmlns='${sm}'/>`;
const bindFeature = `<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>`;
/** The server's side of a login up to where it would be resumed. */
const relogin = [mechanisms('ANONYMOUS'), success, features(bindFeature + smFeature)];
const resumed = (h: number | string, previd = 'ZsegoVARAz0R'): string =>
  `<resumed xmlns='${sm}' previd='${previd}' h='${h}'/>`;
const failed = (attributes = ''): string =>
  `<failed xmlns='${sm}' ${attributes}><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>`;
const bound = (run: Run, address: string): string =>
  `<iq xmlns='jabber:client' id='${run.sent.findLast(({ name }) => name === 'iq')?.attrs.id}' type='result'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>${address}</jid></bind></iq>`;

const say = (run: Run, ...ids: string[]): void => {
  for (const id of ids) run.note(run.stream.send(message({ id, to: 'a@b' })));
};
const ask = (run: Run, id: string, timeout = 30_000): void =>
  run.note(run.stream.request(iqGet('meet.jitsi.test', id, xml('urn:x', 'q')), 'asking', timeout, run.now));
const lose = (run: Run): void => run.note(run.stream.socketClosed('the socket broke', run.now));
const reopen = (run: Run): void => run.note(run.stream.reopen(20_000, run.now));
const types = (run: Run, from: number): string[] => run.effects.slice(from).map(({ type }) => type);
const sentTexts = (run: Run, from: number): string[] =>
  run.sent.slice(from).map((element) => element.attrs.id ?? element.name);

/** Interrupted, with messages 1 to 3 on the way, of which the server has acknowledged 1. */
function interrupted(): Run {
  const run = loggedIn();
  say(run, '1', '2', '3');
  run.receive(`<a xmlns='${sm}' h='1'/>`);
  lose(run);
  return run;
}

describe('the recorded resumption', () => {
  it('is ours, frame by frame', () => {
    const run = new Run();
    const recorded: XmlElement[] = [];
    const isOwn = /^<(open|auth|enable|resume|a|close) |urn:ietf:params:xml:ns:xmpp-bind/;
    for (const { kind, text } of readCapture('10-smacks.alice')) {
      if (kind === 'received') run.receive(text);
      if (kind === 'event' && text.startsWith('ws closed 1006')) lose(run);
      if (kind === 'event' && text === 'reconnect with resume') reopen(run);
      if (kind !== 'sent') continue;
      recorded.push(parseXml(text));
      if (text.startsWith('<close')) run.note(run.stream.close());
      else if (!isOwn.test(text)) run.note(run.stream.send(parseXml(text)));
    }
    // It asks for no acknowledgements, and says no last one.
    const last = recorded.pop();
    expect(run.sent.filter(({ name }) => name !== 'r')).toEqual([...recorded, expect.anything(), last]);
    expect(run.end).toBeUndefined();
    expect(run.stanzas.filter((stanza) => serialize(stanza).includes('while you were away'))).toHaveLength(1);
    expect(run.effects.map(({ type }) => type).filter((type) => !['send', 'stanza'].includes(type))).toEqual([
      'established',
      'interrupted',
      'resumed',
      'ended',
    ]);
  });

  it('that was refused, and then binds', () => {
    const run = interrupted();
    reopen(run);
    const before = run.effects.length;
    run.receive(...received(captureFrames('10-smacks.xavier')).slice(0, 6));
    expect(serialize(run.sent.at(-1) ?? xml('', 'none'))).toContain('xmpp-bind');
    run.receive(bound(run, 'new@b/c'), `<enabled xmlns='${sm}' id='other' resume='true'/>`);
    expect(types(run, before).slice(-2)).toEqual(['not-resumed', 'established']);
    expect(run.stream.state).toEqual({ name: 'established', jid: 'new@b/c' });
    expect(run.stream.resumption).toEqual({ id: 'other', maxTime: undefined, received: 0 });
  });
});

describe('a stream that lost its socket', () => {
  it('is interrupted, and says no goodbye', () => {
    const run = interrupted();
    expect(run.effects.at(-1)).toMatchObject({ type: 'interrupted', error: { code: 'connection-lost' } });
    expect(run.stream.state).toEqual({ name: 'interrupted', jid, since: run.now });
    expect(sentTexts(run, 0)).not.toContain('close');
  });

  it('is given up without a goodbye when pings are not answered', () => {
    const run = loggedIn();
    run.advance(20_000);
    expect(run.stream.state.name).toBe('interrupted');
    expect(sentTexts(run, 0)).not.toContain('close');
    expect(run.stream.nextTimeout()).toBeUndefined();
  });

  it('is given up at once when one probe is not answered', () => {
    const run = loggedIn();
    run.advance(2_000);
    run.note(run.stream.probe(run.now));
    run.advance(4_999);
    expect(run.stream.state.name).toBe('established');
    run.advance(1);
    expect(run.stream.state.name).toBe('interrupted');
    expect(run.stream.probe(run.now)).toEqual([]);
  });

  it('keeps what is sent, and writes nothing', () => {
    const run = interrupted();
    const before = run.effects.length;
    say(run, '4');
    ask(run, 'q');
    run.note(run.stream.send(parseXml(close)));
    expect(run.effects).toHaveLength(before);
    expect(run.stream.undelivered.unconfirmed.map(({ attrs }) => attrs.id)).toEqual(['2', '3']);
    expect(run.stream.undelivered.unsent.map(({ attrs }) => attrs.id)).toEqual(['4', 'q']);
  });

  it('hears nothing more of that socket', () => {
    const run = interrupted();
    const before = run.effects.length;
    run.receive(`<message xmlns='jabber:client' from='x@y'/>`, `<a xmlns='${sm}' h='3'/>`, '<nothing', close);
    lose(run);
    expect(run.effects).toHaveLength(before);
    reopen(run);
    run.receive(...relogin);
    expect(run.lastSent).toBe(`<resume xmlns="${sm}" h="0" previd="ZsegoVARAz0R"/>`);
  });

  it('lets the time of requests pass', () => {
    const run = loggedIn();
    ask(run, 'q', 30_000);
    lose(run);
    run.advance(29_999);
    expect(run.answers).toEqual([]);
    run.advance(1);
    expect(run.answers).toMatchObject([{ id: 'q', outcome: { ok: false, error: { code: 'no-answer' } } }]);
  });

  it('is over when more is to be kept than is allowed', () => {
    const run = interrupted();
    for (let count = 0; count < 1_998; count++) say(run, 'more');
    expect(run.stream.state.name).toBe('interrupted');
    say(run, 'last');
    expect(run.end).toMatchObject({ code: 'connection-lost' });
    expect(run.stream.undelivered.unsent).toHaveLength(1_999);
    expect(sentTexts(run, 0)).not.toContain('close');
  });

  it('ends at once when it is closed or abandoned, and its requests with it', () => {
    const run = loggedIn();
    ask(run, 'q');
    lose(run);
    run.note(run.stream.close());
    expect(run.end).toBeUndefined();
    expect(run.answers).toHaveLength(1);
    expect(sentTexts(run, 0)).not.toContain('close');
  });

  it.each([
    ['the server does not resume', { enabled: '' }],
    ['there is no stream management', { streamManagement: false }],
  ])('is over where %s', (_, options) => {
    const server = new ModelXmppServer(options);
    const run = new Run();
    const socket = server.connect((frame) => run.receive(frame));
    for (let index = 0; index < run.sent.length; index++)
      socket.receive(serialize(run.sent[index] ?? xml('', 'none')));
    expect(run.stream.state.name).toBe('established');
    lose(run);
    expect(run.end).toMatchObject({ code: 'connection-lost', retryable: true });
  });
});

describe('resuming', () => {
  it('sends again what was not acknowledged, then what was kept, once and in order', () => {
    const run = interrupted();
    say(run, '4', '5');
    reopen(run);
    say(run, '6');
    run.receive(...relogin);
    const before = run.effects.length;
    const sentBefore = run.sent.length;
    run.receive(resumed(2));
    expect(sentTexts(run, sentBefore)).toEqual(['3', '4', '5', '6', 'r']);
    expect(run.effects.slice(before)[0]).toEqual({ type: 'acknowledged', ids: ['2'] });
    expect(run.effects.at(-1)).toEqual({ type: 'resumed' });
    expect(run.stream.state).toEqual({ name: 'established', jid });
    run.receive(`<a xmlns='${sm}' h='6'/>`);
    expect(run.effects.at(-1)).toEqual({ type: 'acknowledged', ids: ['3', '4', '5', '6'] });
    expect(run.stream.undelivered).toEqual({ unconfirmed: [], unsent: [] });
  });

  it('knows of a message whose acknowledgement was lost that it has arrived', () => {
    const run = interrupted();
    reopen(run);
    run.receive(...relogin);
    const sentBefore = run.sent.length;
    run.receive(resumed(3));
    expect(sentTexts(run, sentBefore)).toEqual([]);
    expect(run.effects.at(-2)).toEqual({ type: 'acknowledged', ids: ['2', '3'] });
  });

  it('brings the answers to requests of before', () => {
    const run = loggedIn();
    ask(run, 'q');
    lose(run);
    reopen(run);
    run.receive(...relogin, resumed(1));
    run.receive(`<iq xmlns='jabber:client' type='result' id='q' from='meet.jitsi.test'/>`);
    expect(run.answers).toMatchObject([{ id: 'q', outcome: { ok: true } }]);
  });

  it('goes on counting, watching and numbering where it was', () => {
    const run = loggedIn();
    const ids = new Set([run.stream.nextId()]);
    run.receive(`<message xmlns='jabber:client' from='x@y'/>`);
    for (let time = 1; time <= 3; time++) {
      lose(run);
      ids.add(run.stream.nextId());
      reopen(run);
      run.receive(...relogin);
      expect(run.lastSent).toBe(`<resume xmlns="${sm}" h="${time}" previd="ZsegoVARAz0R"/>`);
      run.receive(resumed(0), `<message xmlns='jabber:client' from='x@y'/>`);
      ids.add(run.stream.nextId());
    }
    expect(ids.size).toBe(7);
    run.advance(20_000);
    expect(run.stream.state.name).toBe('interrupted');
  });

  it('does not count what comes before it is resumed', () => {
    const run = interrupted();
    reopen(run);
    run.receive(...relogin, `<message xmlns='jabber:client' from='x@y'/>`, resumed(1));
    run.receive(`<r xmlns='${sm}'/>`);
    expect(run.lastSent).toBe(`<a xmlns="${sm}" h="0"/>`);
  });

  it.each<[string, (run: Run) => void]>([
    ['the socket breaks at once', lose],
    ['the socket breaks before the answer', (run) => (run.receive(...relogin), lose(run))],
    ['nobody answers', (run) => run.advance(20_000)],
    ['nobody answers any more', (run) => (run.receive(...relogin), run.advance(20_000))],
  ])('can be tried again when %s', (_, happens) => {
    const run = interrupted();
    const since = run.now;
    reopen(run);
    happens(run);
    expect(run.effects.at(-1)?.type).toBe('interrupted');
    expect(run.stream.state).toMatchObject({ name: 'interrupted', since });
    expect(sentTexts(run, 0)).not.toContain('close');
    reopen(run);
    run.receive(...relogin);
    const sentBefore = run.sent.length;
    run.receive(resumed(2));
    expect(sentTexts(run, sentBefore)).toEqual(['3', 'r']);
  });

  it.each([
    ['of more than was written', resumed(4), 'sm-handled-too-many'],
    ['of less than before', resumed(0), 'sm-handled-too-many'],
    ['without a count', `<resumed xmlns='${sm}' previd='ZsegoVARAz0R'/>`, 'sm-handled-too-many'],
    ['of no count', resumed('many'), 'sm-handled-too-many'],
    ['of another stream', resumed(2, 'other'), 'resumed-another'],
    ['of no stream', `<resumed xmlns='${sm}' h='2'/>`, 'resumed-another'],
  ])('ends the stream with an answer %s', (_, answer, code) => {
    const run = interrupted();
    say(run, '4');
    reopen(run);
    run.receive(...relogin);
    const sentBefore = run.sent.length;
    run.receive(answer);
    expect(run.end).toMatchObject({ code });
    expect(sentTexts(run, sentBefore)).toEqual(['close']);
    expect(run.lastSent).toBe(closeSent);
    expect(run.stream.undelivered.unsent).toHaveLength(1);
  });

  it.each([
    [
      'SASL fails',
      [
        mechanisms('ANONYMOUS'),
        `<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-allowed/><text>token expired</text></failure>`,
      ],
      'authentication-failed',
    ],
    ['the mechanism is not offered', [mechanisms('PLAIN')], 'login-required'],
    ['the server closes the stream', [close], 'stream-closed'],
    [
      'the server goes',
      [
        `<error xmlns='http://etherx.jabber.org/streams'><system-shutdown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></error>`,
      ],
      'stream-system-shutdown',
    ],
  ])('is over when %s', (_, frames, code) => {
    const run = interrupted();
    say(run, '4');
    ask(run, 'q');
    reopen(run);
    run.receive(...frames);
    expect(run.end).toMatchObject({ code });
    expect(run.answers).toMatchObject([{ id: 'q', outcome: { ok: false, error: { code } } }]);
    expect(run.stream.undelivered.unconfirmed.map(({ attrs }) => attrs.id)).toEqual(['2', '3']);
    expect(run.stream.undelivered.unsent.map(({ attrs }) => attrs.id)).toEqual(['4', 'q']);
  });
});

describe('a stream that the server does not know any more', () => {
  /** Bound anew after `answer`; what is told from then on. */
  function afterRefusal(...answer: string[]): { run: Run; told: ReturnType<Run['effects']['slice']> } {
    const run = interrupted();
    say(run, '4');
    ask(run, 'q');
    reopen(run);
    const before = run.effects.length;
    run.receive(...relogin.slice(0, 2), ...answer);
    // Too late for this stream, and not written on it.
    say(run, '5');
    run.receive(bound(run, 'new@b/c'));
    if (run.sent.at(-1)?.name === 'enable') run.receive(`<enabled xmlns='${sm}' id='two' resume='true'/>`);
    return { run, told: run.effects.slice(before).filter(({ type }) => type !== 'send') };
  }
  const ids = (stanzas: readonly XmlElement[]): (string | undefined)[] =>
    stanzas.map(({ attrs }) => attrs.id);

  it.each<[string, string[], string[]]>([
    ['says so', [features(bindFeature + smFeature), failed()], ['2', '3']],
    ['says how much it had', [features(bindFeature + smFeature), failed(`h='2'`)], ['3']],
    ['is another one, without stream management', [features(bindFeature)], ['2', '3']],
  ])('%s', (_, answer, unconfirmed) => {
    const { run, told } = afterRefusal(...answer);
    const refusal = told.find((effect) => effect.type === 'not-resumed');
    expect(ids(refusal?.undelivered.unconfirmed ?? [])).toEqual(unconfirmed);
    expect(ids(refusal?.undelivered.unsent ?? [])).toEqual(['4', 'q', '5']);
    expect(told.map(({ type }) => type).filter((type) => type !== 'acknowledged')).toEqual([
      'answer',
      'not-resumed',
      'established',
    ]);
    expect(run.answers).toMatchObject([
      { id: 'q', outcome: { ok: false, error: { code: 'connection-lost' } } },
    ]);
    expect(run.stream.jid).toBe('new@b/c');
    // Nothing of the old stream is sent on the new one, nor counted.
    expect(sentTexts(run, 0).filter((id) => ['4', '5', 'q'].includes(id))).toEqual([]);
    expect(run.stream.undelivered).toEqual({ unconfirmed: [], unsent: [] });
    say(run, '6');
    expect(run.sent.findLast(({ name }) => name === 'message')?.attrs.id).toBe('6');
    run.receive(`<message xmlns='jabber:client' from='x@y'/>`, `<r xmlns='${sm}'/>`);
    expect(run.end).toBe('still open');
  });

  it('tells of the messages that had arrived', () => {
    const { told } = afterRefusal(features(bindFeature + smFeature), failed(`h='2'`));
    expect(told[0]).toEqual({ type: 'acknowledged', ids: ['2'] });
  });

  it.each(['9', '0', 'many', `${2 ** 32}`])('does not believe it that it had %j', (h) => {
    const { run, told } = afterRefusal(features(bindFeature + smFeature), failed(`h='${h}'`));
    expect(run.warnings.map(({ code }) => code)).toEqual(['sm-handled-too-many']);
    const refusal = told.find((effect) => effect.type === 'not-resumed');
    expect(ids(refusal?.undelivered.unconfirmed ?? [])).toEqual(['2', '3']);
  });

  it.each<[string, (run: Run) => void, string]>([
    ['breaks', lose, 'connection-lost'],
    ['is silent', (run) => run.advance(20_000), 'login-timeout'],
    ['binds nothing', (run) => run.receive(bound(run, '')), 'no-bind'],
  ])('is over when the socket of the new one %s', (_, happens, code) => {
    const run = interrupted();
    say(run, '4');
    reopen(run);
    run.receive(...relogin, failed());
    happens(run);
    expect(run.end).toMatchObject({ code });
    expect(ids(run.stream.undelivered.unconfirmed)).toEqual(['2', '3']);
    expect(ids(run.stream.undelivered.unsent)).toEqual(['4']);
  });
});

describe('a server that acknowledges nothing', () => {
  it('costs the resumption, which is said once, and comes back with the acknowledgements', () => {
    const run = loggedIn();
    for (let count = 0; count < 3_000; count++) say(run, `${count}`);
    expect(run.warnings.map(({ code }) => code)).toEqual(['not-acknowledged']);
    run.receive(`<a xmlns='${sm}' h='3000'/>`);
    expect(run.stream.resumption).toBeDefined();
    for (let count = 0; count < 2_001; count++) say(run, `${count}`);
    expect(run.warnings).toHaveLength(2);
    lose(run);
    expect(run.end).toMatchObject({ code: 'connection-lost' });
  });
});

it('a request to a stream that has ended is answered at once', () => {
  const run = loggedIn({ streamManagement: false });
  lose(run);
  ask(run, 'late');
  expect(run.answers).toMatchObject([
    { id: 'late', outcome: { ok: false, error: { code: 'not-connected' } } },
  ]);
});
