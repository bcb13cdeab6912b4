import { describe, expect, it } from 'vitest';
import { RefusedError } from '../../../src/base/errors.ts';
import { JoinError, parseJoinError } from '../../../src/jitsi/join-error.ts';
import { parseXml } from '../../../src/xml/parse.ts';
import { captureFrame } from '../../support/captures.ts';

const room = 'standup@conference.meet.example';

const recorded = (name: string, ...parts: string[]): JoinError =>
  parseJoinError(
    parseXml(captureFrame(name, 'received', `type='error'`, '<presence', ...parts)),
    room,
    false,
  );

const refused = (type: string, children: string, outside = ''): JoinError =>
  parseJoinError(
    parseXml(
      `<presence xmlns='jabber:client' type='error' from='${room}/a'><error type='${type}'>${children}</error>${outside}</presence>`,
    ),
    room,
    false,
  );

const condition = (name: string, text = ''): string =>
  `<${name} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>${text === '' ? '' : `<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>${text}</text>`}`;

describe('recorded refusals', () => {
  it('of a nick that somebody has', () => {
    expect(recorded('05-bad-requests.bob', 'conflict')).toMatchObject({
      code: 'nick-conflict',
      condition: 'conflict',
      retryable: true,
    });
  });

  it('of a room that the focus has not created', () => {
    expect(recorded('05-bad-requests.xavier', 'nofocus')).toMatchObject({
      code: 'room-does-not-exist',
      condition: 'not-allowed',
      retryable: true,
    });
  });

  it('of a nick that the server does not like', () => {
    const error = recorded('05-bad-requests.xavier', 'not-hex-nick');
    expect(error).toMatchObject({ code: 'join-not-allowed', retryable: false });
    expect(error.message).toContain('(Invalid resource)');
  });

  it('of a room that is gone', () => {
    expect(recorded('05-bad-requests.xavier', 'item-not-found')).toMatchObject({ code: 'room-not-found' });
  });

  it('of a password that is missing or wrong: only we know which', () => {
    const frame = parseXml(captureFrame('09-moderation.carol', 'received', 'not-authorized'));
    expect(parseJoinError(frame, room, false)).toMatchObject({ code: 'password-required' });
    expect(parseJoinError(frame, room, true)).toMatchObject({ code: 'password-wrong' });
    expect(recorded('34-doors.carol', 'not-authorized')).toMatchObject({ code: 'password-required' });
  });

  it.each([
    ['09-moderation.dave', 'mod07fc9c@lobby.meet.jitsi.test'],
    ['34-doors.frank', 'doors11047@lobby.meet.jitsi.test'],
    ['38-tenant.dave', '[acme]tenant40220@lobby.meet.jitsi.test'],
  ])('by the lobby, in %s', (name, lobbyRoom) => {
    expect(recorded(name, 'registration-required')).toMatchObject({ code: 'lobby', lobbyRoom });
  });
});

describe('other refusals', () => {
  it.each([
    ['a ban', 'auth', condition('forbidden'), 'banned', false],
    [
      'guests',
      'cancel',
      `${condition('not-allowed')}<authentication-required xmlns='http://jitsi.org/jitmeet'/>`,
      'guests-not-accepted',
      false,
    ],
    [
      'visitors',
      'cancel',
      `${condition('not-allowed')}<no-visitors-lobby xmlns='jitsi:visitors'/>`,
      'visitors-refused',
      true,
    ],
    [
      'a room that does not exist, in newer words',
      'cancel',
      `${condition('not-allowed')}<room-does-not-exist xmlns='http://jitsi.org/jitmeet'/>`,
      'room-does-not-exist',
      true,
    ],
    [
      'a token for another room',
      'cancel',
      condition('not-allowed', 'Room and token mismatched'),
      'join-not-allowed',
      false,
    ],
    [
      'people without a name',
      'modify',
      `${condition('not-acceptable')}<displayname-required xmlns='http://jitsi.org/jitmeet' lobby='true'/>`,
      'display-name-required',
      false,
    ],
    ['something in the presence', 'modify', condition('not-acceptable'), 'join-refused', false],
    ['one more', 'wait', condition('service-unavailable'), 'room-full', true],
    ['too many at once', 'wait', condition('resource-constraint'), 'join-refused', true],
    ['an odd one', 'cancel', '', 'join-refused', false],
  ])('of %s', (_, type, children, code, retryable) => {
    const error = refused(type, children);
    expect(error).toBeInstanceOf(RefusedError);
    expect(error).toMatchObject({ name: 'JoinError', code, retryable, kind: 'refused' });
    expect(error.message).toContain(room);
  });

  it('find the lobby where older servers put it', () => {
    expect(
      refused('auth', condition('registration-required'), '<lobbyroom>standup@lobby.meet.example</lobbyroom>')
        .lobbyRoom,
    ).toBe('standup@lobby.meet.example');
    expect(refused('auth', condition('registration-required')).lobbyRoom).toBeUndefined();
  });

  it('say what to do next', () => {
    const { message } = parseJoinError(
      parseXml(captureFrame('09-moderation.carol', 'received', 'not-authorized')),
      room,
      false,
    );
    expect(message).toMatch(/password option or JCLI_PASSWORD/);
  });
});
