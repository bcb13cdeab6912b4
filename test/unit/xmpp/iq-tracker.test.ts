import { describe, expect, it } from 'vitest';
import { ConnectionError, TimeoutError, UsageError } from '../../../src/base/errors.ts';
import { xml } from '../../../src/xml/element.ts';
import { IqTracker } from '../../../src/xmpp/iq-tracker.ts';
import { errorReply, iqGet } from '../../../src/xmpp/stanza.ts';
import { StanzaError } from '../../../src/xmpp/stanza-error.ts';

const ping = xml('urn:xmpp:ping', 'ping');
const self = 'me@meet.example/res';

function tracking(to: string | undefined): IqTracker {
  const tracker = new IqTracker('meet.example');
  tracker.bound(self);
  tracker.track(iqGet(to, '1', ping), 'asking', 5_000, 100);
  return tracker;
}

const result = (from: string | undefined, id = '1'): ReturnType<typeof xml> =>
  xml('jabber:client', 'iq', { type: 'result', id, from });

describe('IqTracker', () => {
  it('matches an answer once', () => {
    const tracker = tracking('muc.example');
    expect(tracker.match(result('muc.example'))).toEqual({
      id: '1',
      outcome: { ok: true, result: result('muc.example') },
    });
    expect(tracker.match(result('muc.example'))).toBeUndefined();
    expect(tracker.nextDeadline()).toBeUndefined();
  });

  it('makes an error of an error', () => {
    const reply = errorReply(iqGet('muc.example', '1', ping), 'wait', 'resource-constraint', 'busy');
    const answer = tracking('muc.example').match({
      ...reply,
      attrs: { ...reply.attrs, from: 'muc.example' },
    });
    expect(answer?.outcome).toMatchObject({
      ok: false,
      error: { code: 'resource-constraint', retryable: true },
    });
    expect(answer?.outcome.ok === false && answer.outcome.error).toBeInstanceOf(StanzaError);
  });

  it.each([
    ['another sender', result('evil@example/x')],
    ['another resource', result('muc.example/x')],
    ['no sender', result(undefined)],
    ['our own server', result('meet.example')],
    ['another id', result('muc.example', '2')],
    ['no id', xml('jabber:client', 'iq', { type: 'result', from: 'muc.example' })],
    ['a request', xml('jabber:client', 'iq', { type: 'get', id: '1', from: 'muc.example' })],
  ])('takes nothing from %s', (_, iq) => {
    const tracker = tracking('muc.example');
    expect(tracker.match(iq)).toBeUndefined();
    expect(tracker.nextDeadline()).toBe(5_100);
  });

  // RFC 6120, 8.1.2.1: what has no `from` comes from our own account.
  it.each([undefined, self, 'me@meet.example', 'meet.example'])(
    'takes an answer about ourselves or from our server from %s',
    (from) => {
      for (const to of [undefined, 'me@meet.example', 'meet.example']) {
        expect(tracking(to).match(result(from)), to).toBeDefined();
      }
      expect(tracking(undefined).match(result('you@meet.example'))).toBeUndefined();
    },
  );

  it('ends requests whose time is over', () => {
    const tracker = tracking('muc.example');
    tracker.track(iqGet('b.example', '2', ping), 'asking b', 9_000, 100);
    expect(tracker.nextDeadline()).toBe(5_100);
    expect(tracker.expire(5_099)).toEqual([]);
    const [expired, ...others] = tracker.expire(5_100);
    expect(others).toEqual([]);
    expect(expired).toMatchObject({
      id: '1',
      outcome: { ok: false, error: { code: 'no-answer', retryable: true } },
    });
    const error = expired?.outcome.ok === false && expired.outcome.error;
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toMatchObject({
      message: expect.stringContaining('asking: no answer from muc.example within 5 s'),
    });
    expect(tracker.nextDeadline()).toBe(9_100);
    expect(tracker.match(result('muc.example'))).toBeUndefined();
  });

  it('ends all at once', () => {
    const tracker = tracking(undefined);
    const error = new ConnectionError('gone', { code: 'connection-lost' });
    expect(tracker.failAll(error)).toEqual([{ id: '1', outcome: { ok: false, error } }]);
    expect(tracker.failAll(error)).toEqual([]);
  });

  it('refuses a request without an id of its own', () => {
    const tracker = tracking('muc.example');
    expect(() => tracker.track(iqGet('a', '1', ping), 'asking', 1, 0)).toThrow(UsageError);
    expect(() => tracker.track(xml('jabber:client', 'iq', { type: 'get' }), 'asking', 1, 0)).toThrow(
      expect.objectContaining({ code: 'iq-id' }),
    );
  });
});
