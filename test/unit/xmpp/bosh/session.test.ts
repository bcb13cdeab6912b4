import { describe, expect, it } from 'vitest';
import { ConnectionError } from '../../../../src/base/errors.ts';
import { type XmlElement, xml } from '../../../../src/xml/element.ts';
import { parseXml } from '../../../../src/xml/parse.ts';
import { type BoshEffect, BoshSession, type HttpOutcome } from '../../../../src/xmpp/bosh/session.ts';
import { buildClose, buildOpen } from '../../../../src/xmpp/framing.ts';
import { ns } from '../../../../src/xmpp/namespaces.ts';
import { seededRandom } from '../../../support/random.ts';

const xmpp = 'urn:xmpp:xbosh';
const lost = new ConnectionError('broken', { code: 'connection-lost', retryable: true });

const body = (attributes: string, content = ''): string =>
  `<body xmlns="http://jabber.org/protocol/httpbind" xmlns:stream="http://etherx.jabber.org/streams" ${attributes}>${content}</body>`;
const message = (text: string): XmlElement => xml(ns.client, 'message', {}, xml(ns.client, 'body', {}, text));

interface Made {
  rid: number;
  body: XmlElement;
  timeout: number;
}

/** A session, with what it did. */
class Run {
  readonly session = new BoshSession('meet.test', seededRandom(1));
  readonly requests: Made[] = [];
  readonly others: BoshEffect[] = [];
  now = 1_000_000;

  /** Carries out, and flushes as the owner of a session does. */
  do(effects: BoshEffect[]): void {
    for (const effect of [...effects, ...this.session.flush(this.now)]) {
      if (effect.type === 'request') this.requests.push({ ...effect, body: parseXml(effect.body) });
      else this.others.push(effect);
    }
  }

  send(...elements: XmlElement[]): void {
    for (const element of elements) this.session.send(element);
    this.do([]);
  }

  /** Answers a request, by default the last one. */
  answer(text: string | HttpOutcome, rid: number = this.last.rid): void {
    const outcome = typeof text === 'string' ? { status: 200, body: text } : text;
    this.do(this.session.answered(rid, outcome, this.now));
  }

  breaks(rid: number = this.last.rid, error: ConnectionError = lost): void {
    this.do(this.session.failed(rid, error, this.now));
  }

  advance(ms: number): void {
    const end = this.now + ms;
    for (let next = this.session.nextTimeout(); next !== undefined && next <= end; ) {
      this.now = Math.max(this.now, next);
      this.do(this.session.tick(this.now));
      next = this.session.nextTimeout();
    }
    this.now = end;
  }

  get last(): Made {
    const made = this.requests.at(-1);
    if (!made) throw new Error('no request was made');
    return made;
  }

  /** Names of what arrived. */
  get arrived(): string[] {
    return this.others.map((effect) => (effect.type === 'element' ? effect.element.name : effect.type));
  }

  /** Up to the first answer. */
  open(attributes = 'sid="s1" wait="60" requests="2" hold="1" polling="5" inactivity="60"'): this {
    this.send(buildOpen('meet.test'));
    this.answer(body(attributes, '<stream:features/>'));
    return this;
  }
}

describe('a BOSH session', () => {
  it('is created by the first <open/>', () => {
    const run = new Run();
    run.send(buildOpen('meet.test'));
    const { rid, body: made } = run.last;
    expect(made).toMatchObject({ name: 'body', ns: 'http://jabber.org/protocol/httpbind', children: [] });
    expect(made.attrs).toEqual({
      rid: String(rid),
      to: 'meet.test',
      'xml:lang': 'en',
      ver: '1.11',
      wait: '60',
      hold: '1',
      ack: '1',
      content: 'text/xml; charset=utf-8',
      [`{${xmpp}}version`]: '1.0',
    });
    run.answer(body('sid="s1" wait="60"', '<stream:features><x/></stream:features>'));
    expect(run.arrived).toEqual(['features']);
    // The server always has a request that it can answer.
    expect(run.last.body).toMatchObject({ attrs: { sid: 's1', rid: String(rid + 1) }, children: [] });
    expect(run.requests).toHaveLength(2);
  });

  it('restarts the stream with a later <open/>, alone', () => {
    const run = new Run().open();
    run.send(xml(ns.sasl, 'auth'), buildOpen('meet.test'), message('a'));
    expect(run.last.body.children).toMatchObject([{ name: 'auth', ns: ns.sasl }]);
    run.answer(body(''), run.requests[1]?.rid);
    run.answer(body('', `<success xmlns="${ns.sasl}"/>`), run.requests[2]?.rid);
    const [restart, payload] = run.requests.slice(3);
    expect(restart?.body.attrs).toMatchObject({ to: 'meet.test', [`{${xmpp}}restart`]: 'true' });
    expect(restart?.body.children).toEqual([]);
    expect(payload?.body.children).toMatchObject([{ name: 'message', ns: ns.client }]);
  });

  it('has two requests under way at most, and sends what comes together in one', () => {
    const run = new Run().open();
    run.send(message('1'));
    run.send(message('2'));
    run.send(message('3'), message('4'));
    expect(run.requests).toHaveLength(3);
    run.answer(body(''), run.requests[1]?.rid);
    expect(run.requests).toHaveLength(4);
    expect(run.last.body.children).toEqual([message('2'), message('3'), message('4')]);
  });

  it('divides what is too much for one request', () => {
    const run = new Run().open();
    const large = 'x'.repeat(40_000);
    run.send(message(large), message(large), message(large));
    expect(run.last.body.children).toHaveLength(1);
    run.answer(body(''), run.requests[1]?.rid);
    expect(run.last.body.children).toHaveLength(1);
  });

  it('keeps one request with the server, and no more', () => {
    const run = new Run().open();
    run.advance(600_000);
    expect(run.requests).toHaveLength(2);
    for (let polls = 2; polls < 10; polls++) {
      expect(run.requests).toHaveLength(polls);
      run.advance(60_000);
      run.answer(body(''));
    }
  });

  it('does not ask in a circle when a server has nothing to say and answers at once', () => {
    const run = new Run().open();
    for (let second = 0; second < 60; second++) {
      while (run.requests.length > 0 && run.session.nextTimeout() === undefined) run.answer(body(''));
      run.advance(1_000);
    }
    expect(run.requests.length).toBeLessThan(20);
    // What there is to say does not wait.
    run.answer(body(''));
    const before = run.requests.length;
    run.send(message('now'));
    expect(run.requests).toHaveLength(before + 1);
  });

  it('asks again at once when something came', () => {
    const run = new Run().open();
    for (let count = 3; count < 30; count++) {
      run.answer(body('', '<message xmlns="jabber:client"/>'));
      expect(run.requests).toHaveLength(count);
    }
  });

  it('takes answers in order', () => {
    const run = new Run().open();
    run.send(message('x'));
    const [, first, second] = run.requests;
    run.answer(body('', '<message xmlns="jabber:client" id="2"/>'), second?.rid);
    expect(run.arrived).toEqual(['features']);
    run.answer(body('', '<presence xmlns="jabber:client"/><iq xmlns="jabber:client"/>'), first?.rid);
    expect(run.arrived).toEqual(['features', 'presence', 'iq', 'message']);
    // Once each.
    run.answer(body('', '<iq xmlns="jabber:client"/>'), first?.rid);
    expect(run.arrived).toHaveLength(4);
  });

  it('acknowledges answers where the server wants that', () => {
    const run = new Run().open('sid="s1" ack="1" requests="2"');
    expect(run.last.body.attrs).not.toHaveProperty('ack');
    run.send(message('x'));
    expect(run.last.body.attrs.ack).toBe(String(run.requests[0]?.rid));
    const silent = new Run().open('sid="s1"');
    silent.send(message('x'));
    expect(silent.last.body.attrs).not.toHaveProperty('ack');
  });

  it('has one request under way where the server says so', () => {
    const run = new Run().open('sid="s1" requests="1"');
    run.send(message('x'));
    expect(run.requests).toHaveLength(2);
    run.answer(body(''));
    expect(run.last.body.children).toHaveLength(1);
  });

  it('gives an answer the time for which the server may hold it', () => {
    const run = new Run().open('sid="s1" wait="20"');
    expect(run.requests.map(({ timeout }) => timeout)).toEqual([15_000, 35_000]);
    expect(new Run().open('sid="s1" wait="86400"').last.timeout).toBe(75_000);
  });

  it('takes stanzas without a namespace for what they are', () => {
    const run = new Run().open();
    run.answer(body('', '<message from="a"><body>hi</body></message>'));
    expect(run.others.at(-1)).toMatchObject({
      element: { ns: ns.client, children: [{ name: 'body', ns: ns.client, children: ['hi'] }] },
    });
  });
});

describe('a request that breaks', () => {
  it('is repeated under its number, more and more seldom', () => {
    const run = new Run().open();
    run.send(message('x'));
    const { rid, body: made } = run.last;
    for (const [index, wait] of [500, 1_000, 2_000, 4_000, 8_000, 8_000].entries()) {
      run.breaks(rid);
      run.advance(wait - 1);
      expect(run.requests).toHaveLength(3 + index);
      run.advance(1);
      expect(run.last).toMatchObject({ rid, body: made });
    }
    run.answer(body(''), run.requests[1]?.rid);
    run.answer(body('', '<message xmlns="jabber:client"/>'), rid);
    expect(run.arrived).toEqual(['features', 'message']);
  });

  it.each([500, 502, 503, 504, 429])('by HTTP %d is repeated', (status) => {
    const run = new Run().open();
    const { rid } = run.last;
    run.answer({ status, body: '<html>' });
    run.advance(500);
    expect(run.requests.slice(1).map((made) => made.rid)).toEqual([rid, rid]);
  });

  it('by a page of somebody on the way is repeated', () => {
    for (const page of ['<!DOCTYPE html><p>', '<html/>', '', body('type="error"')]) {
      const run = new Run().open();
      run.answer(page);
      run.advance(500);
      expect(run.requests, page).toHaveLength(3);
    }
  });

  it('waits as it was told, within bounds', () => {
    const run = new Run().open();
    run.answer({ status: 429, body: '', retryAfter: 5_000 });
    run.advance(4_999);
    expect(run.requests).toHaveLength(2);
    run.answer({ status: 429, body: '', retryAfter: 1e12 });
    run.advance(8_000);
    expect(run.requests).toHaveLength(3);
  });

  it('for so long that the server has forgotten us ends the session', () => {
    const run = new Run().open();
    for (let tries = 0; tries < 30 && run.arrived.at(-1) !== 'closed'; tries++) {
      run.breaks();
      run.advance(8_000);
    }
    expect(run.others.at(-1)).toEqual({ type: 'closed', reason: 'broken' });
    expect(run.session.nextTimeout()).toBeUndefined();
  });

  it('by an answer beyond our limits is not repeated: it would be the same again', () => {
    const run = new Run().open();
    run.breaks(run.last.rid, new ConnectionError('too large', { code: 'http-too-large' }));
    run.advance(5_000);
    run.answer(body('', `${'<a>'.repeat(70)}${'</a>'.repeat(70)}`));
    expect(run.arrived).toEqual(['features', 'unreadable', 'unreadable']);
    expect(new Set(run.requests.map(({ rid }) => rid)).size).toBe(run.requests.length);
  });

  it.each([404, 403, 400])('by HTTP %d ends the session', (status) => {
    const run = new Run().open();
    run.answer({ status, body: '' });
    expect(run.others.at(-1)).toMatchObject({
      type: 'closed',
      reason: expect.stringContaining(String(status)),
    });
  });
});

describe('a session that cannot be had', () => {
  it.each([404, 403, 405, 301, 0])('by HTTP %d fails at once', (status) => {
    const run = new Run();
    run.send(buildOpen('meet.test'));
    run.answer({ status, body: '<html>' });
    expect(run.others).toMatchObject([{ type: 'failed', error: { code: 'bosh-refused', retryable: false } }]);
    expect(run.requests).toHaveLength(1);
  });

  it('by what is no body, or one without a session, fails at once', () => {
    for (const page of ['<html/>', 'It works!', body('')]) {
      const run = new Run();
      run.send(buildOpen('meet.test'));
      run.answer(page);
      expect(run.others, page).toMatchObject([{ type: 'failed', error: { code: 'bosh-refused' } }]);
    }
  });

  it('by a network that is away fails after a few tries', () => {
    const run = new Run();
    run.send(buildOpen('meet.test'));
    for (let tries = 1; tries <= 3; tries++) {
      expect(run.requests).toHaveLength(tries);
      run.breaks();
      run.advance(5_000);
    }
    expect(run.others).toEqual([{ type: 'failed', error: lost }]);
  });

  it('by a host that the server does not know is the stream’s error', () => {
    const run = new Run();
    run.send(buildOpen('meet.test'));
    run.answer(body('type="terminate" condition="host-unknown"'));
    expect(run.others).toMatchObject([
      { type: 'element', element: { name: 'error', children: [{ name: 'host-unknown' }] } },
      { type: 'closed', reason: 'the server ended the BOSH session (host-unknown)' },
    ]);
  });
});

describe('the end of a session', () => {
  it('goes out with the last of what was sent', () => {
    const run = new Run().open();
    run.send(xml(ns.client, 'presence', { type: 'unavailable' }), buildClose());
    expect(run.last.body).toMatchObject({ attrs: { type: 'terminate' }, children: [{ name: 'presence' }] });
    run.answer(body(''), run.requests[1]?.rid);
    run.answer(body('type="terminate"'));
    expect(run.arrived).toEqual(['features', 'closed']);
    expect(run.requests).toHaveLength(3);
  });

  it('may come from the server, with its last words', () => {
    const run = new Run().open();
    run.answer(
      body(
        'type="terminate" condition="remote-stream-error"',
        `<message xmlns="jabber:client"/><stream:error><conflict xmlns="${ns.streamErrors}"/></stream:error>`,
      ),
    );
    expect(run.arrived).toEqual(['features', 'message', 'error', 'closed']);
    run.send(message('too late'));
    run.advance(600_000);
    expect(run.requests).toHaveLength(2);
  });

  it('before it began is nothing', () => {
    const run = new Run();
    run.send(buildClose());
    expect(run.requests).toEqual([]);
  });
});
