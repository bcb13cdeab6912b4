import { describe, expect, it } from 'vitest';
import { ConnectionError, JitsiError, TimeoutError } from '../../../src/base/errors.ts';
import { parseConferenceIq } from '../../../src/jitsi/conference-request.ts';
import {
  conferenceHttpError,
  conferenceRequestError,
  LoginRequiredError,
  responseError,
} from '../../../src/jitsi/conference-request-error.ts';
import { parseXml } from '../../../src/xml/parse.ts';
import { parseStanzaError, StanzaError } from '../../../src/xmpp/stanza-error.ts';
import { captureFrame } from '../../support/captures.ts';

const room = 'standup@conference.meet.example';

const fromIq = (frame: string): JitsiError => {
  const error = conferenceRequestError(room, new StanzaError('asking', parseStanzaError(parseXml(frame))));
  if (error instanceof JitsiError) return error;
  throw error;
};

const refusal = (type: string, children: string): JitsiError =>
  fromIq(`<iq xmlns='jabber:client' type='error'><error type='${type}'>${children}</error></iq>`);

const condition = (name: string, text = ''): string =>
  `<${name} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>${text === '' ? '' : `<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>${text}</text>`}`;

describe('a refusal by the focus', () => {
  it.each([
    ['no focus is connected', 'service-unavailable'],
    ['the focus just broke', 'recipient-unavailable'],
  ])('as recorded: %s', (_, name) => {
    const error = fromIq(captureFrame('12-malformed-conference-iq.xavier', 'received', '<iq', name));
    expect(error).toMatchObject({ code: 'focus-unavailable', kind: 'connection', retryable: true });
    expect(error.cause).toBeInstanceOf(StanzaError);
  });

  it('as recorded: a request of the wrong type', () => {
    const error = fromIq(
      captureFrame('12-malformed-conference-iq.xavier', 'received', '<iq', 'feature-not-implemented'),
    );
    expect(error).toMatchObject({ code: 'conference-request-refused', kind: 'refused', retryable: false });
  });

  it('because a login is needed', () => {
    const error = refusal('auth', condition('not-authorized', 'only hosts may open rooms'));
    expect(error).toBeInstanceOf(LoginRequiredError);
    expect(error).toMatchObject({
      code: 'login-required',
      kind: 'refused',
      retryable: true,
      loginUrl: undefined,
    });
    expect(error.message).toContain('only hosts may open rooms');
    const withUrl = (error as LoginRequiredError).withLoginUrl('https://login.example/');
    expect(withUrl).toMatchObject({ code: 'login-required', loginUrl: 'https://login.example/' });
    expect(withUrl.message).toBe(`${error.message} (login page: https://login.example/)`);
  });

  it.each([
    [
      'the login session ended',
      refusal(
        'modify',
        `${condition('not-acceptable')}<session-invalid xmlns='http://jitsi.org/protocol/focus'/>`,
      ),
      'session-invalid',
      /log in again/,
    ],
    [
      'the machine id does not fit',
      refusal('modify', condition('not-acceptable')),
      'machine-uid-refused',
      /machine id/,
    ],
    [
      'the reservation system says no',
      refusal(
        'cancel',
        `${condition('service-unavailable', 'booked')}<reservation-error xmlns='http://jitsi.org/protocol/focus' error-code='409'/>`,
      ),
      'reservation-refused',
      /code 409 \(booked\)/,
    ],
    [
      'it is malformed',
      refusal('modify', condition('bad-request')),
      'conference-request-refused',
      /bad-request/,
    ],
  ])('because %s', (_, error, code, message) => {
    expect(error).toMatchObject({ code, kind: 'refused', retryable: false });
    expect(error.message).toMatch(message);
    expect(error.message).toContain(room);
  });
});

describe('no answer', () => {
  it('is what the focus gives to a room it cannot parse, or on another domain', () => {
    const cause = new TimeoutError('nothing', { code: 'no-answer' });
    expect(conferenceRequestError(room, cause)).toMatchObject({
      code: 'focus-no-answer',
      kind: 'timeout',
      retryable: true,
      cause,
      message: expect.stringContaining('MUC domain'),
    });
  });

  it('because the connection is gone is the connection’s error', () => {
    const lost = new ConnectionError('gone', { code: 'connection-lost' });
    expect(conferenceRequestError(room, lost)).toBe(lost);
  });
});

describe('a refusal over HTTP', () => {
  it.each([
    [401, '', 'login-required', true],
    [403, '', 'login-required', true],
    [400, 'Bad request: invalid-session', 'session-invalid', false],
    [400, 'Bad request', 'conference-request-refused', false],
    [404, '<html>', 'conference-request-refused', false],
    [500, '', 'focus-unavailable', true],
    [502, '', 'focus-unavailable', true],
    [429, '', 'focus-busy', true],
    [408, '', 'focus-busy', true],
  ])('%d %j is %s', (status, body, code, retryable) => {
    expect(conferenceHttpError(room, status, body)).toMatchObject({ code, retryable });
  });

  it('shows what the server said, but not all of it', () => {
    const { message } = conferenceHttpError(room, 418, `tea ${'x'.repeat(10_000)}`);
    expect(message).toContain('"tea xxx');
    expect(message.length).toBeLessThan(600);
  });
});

describe('an answer that means no', () => {
  const answer = (attributes: string, content = ''): ReturnType<typeof responseError> =>
    responseError(
      room,
      parseConferenceIq(
        parseXml(
          `<iq xmlns='jabber:client' type='result'><conference xmlns='http://jitsi.org/protocol/focus' ${attributes}>${content}</conference></iq>`,
        ),
      ),
    );

  it('redirects us as visitors, which is not supported', () => {
    expect(answer(`ready='true' vnode='v1'`)).toMatchObject({
      code: 'visitor-redirect',
      message: expect.stringContaining('v1'),
    });
  });

  it('says that the conference is not live yet', () => {
    expect(answer(`ready='true'`, `<property name='live' value='false'/>`)).toMatchObject({
      code: 'conference-not-live',
      retryable: true,
    });
  });

  it('is not one that just says wait', () => {
    expect(answer(`ready='false'`, `<property name='live' value='true'/>`)).toBeUndefined();
  });
});
