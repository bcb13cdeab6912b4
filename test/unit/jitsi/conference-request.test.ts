import { describe, expect, it } from 'vitest';
import { ProtocolError } from '../../../src/base/errors.ts';
import {
  buildConferenceIq,
  buildConferenceJson,
  buildLoginUrlQuery,
  type ConferenceRequest,
  parseConferenceIq,
  parseConferenceJson,
  parseLoginUrl,
} from '../../../src/jitsi/conference-request.ts';
import { child, type XmlElement, xml } from '../../../src/xml/element.ts';
import { parseXml } from '../../../src/xml/parse.ts';
import { serialize } from '../../../src/xml/serialize.ts';
import { captureFrame } from '../../support/captures.ts';
import { elementDifferences } from '../../support/element-diff.ts';

const focus = 'http://jitsi.org/protocol/focus';

describe('the request by IQ', () => {
  it('is the browser’s, but for the property that lets the focus redirect visitors', () => {
    const recorded = child(
      parseXml(captureFrame('30-lib-jitsi-meet.alice', 'sent', '<conference')),
      'conference',
    );
    const ours = buildConferenceIq({
      room: 'ljmtrace17254@conference.meet.jitsi.test',
      machineUid: '055adbd0b7114dbaadc17484eb7174b6',
      startAudioMuted: 100,
      startVideoMuted: 100,
    });
    expect(recorded && elementDifferences(ours, recorded)).toEqual([
      'conference/property[visitors-version]: only theirs',
    ]);
  });

  it('says nothing about muting unless asked to', () => {
    expect(serialize(buildConferenceIq({ room: 'r@m', machineUid: 'u' }))).toBe(
      `<conference xmlns="${focus}" room="r@m" machine-uid="u"><property name="rtcstatsEnabled" value="false"/></conference>`,
    );
  });
});

describe('the answer to it', () => {
  const answer = (conference: string): XmlElement =>
    parseXml(`<iq xmlns='jabber:client' type='result'>${conference}</iq>`);

  it('says that the focus is ready, and who it is', () => {
    expect(
      parseConferenceIq(parseXml(captureFrame('30-lib-jitsi-meet.alice', 'received', '<conference'))),
    ).toEqual({
      room: 'ljmtrace17254@conference.meet.jitsi.test',
      ready: true,
      focusJid: 'focus@auth.meet.jitsi.test',
      properties: { authentication: 'false', 'visitors-supported': 'false' },
    });
  });

  it('gives the room in the form that the focus uses', () => {
    const recorded = parseXml(captureFrame('05-bad-requests.xavier', 'received', '<conference', 'upperbad'));
    expect(parseConferenceIq(recorded).room).toBe('upperbad6b23a4@conference.meet.jitsi.test');
  });

  it('may say that the focus is not ready, who we are, and where to go', () => {
    const all = answer(
      `<conference xmlns='${focus}' session-id='s' identity='ada' vnode='v1' ready='1'><property name='a'/><property value='b'/></conference>`,
    );
    expect(parseConferenceIq(all)).toEqual({
      ready: false,
      sessionId: 's',
      identity: 'ada',
      visitorNode: 'v1',
      properties: { a: '' },
    });
  });

  it('must have a conference', () => {
    for (const conference of ['', `<conference xmlns='urn:x' ready='true'/>`]) {
      expect(() => parseConferenceIq(answer(conference))).toThrow(ProtocolError);
    }
  });
});

describe('the request over HTTP', () => {
  const request: ConferenceRequest = { room: 'r@m', machineUid: 'u', startAudioMuted: 7 };

  it('has the same content', () => {
    expect(JSON.parse(buildConferenceJson(request))).toEqual({
      room: 'r@m',
      machineUid: 'u',
      properties: { startAudioMuted: 7, rtcstatsEnabled: false },
    });
  });

  it('is answered likewise', () => {
    const body =
      '{ "room": "standup@conference.meet.example", "ready": true, "focusJid": "focus@auth.meet.example",' +
      ' "properties": { "authentication": "false", "visitors-supported": "false" } }';
    expect(parseConferenceJson(body)).toEqual({
      room: 'standup@conference.meet.example',
      ready: true,
      focusJid: 'focus@auth.meet.example',
      properties: { authentication: 'false', 'visitors-supported': 'false' },
    });
    expect(parseConferenceJson('{"vnode":"v1","sessionId":"s","identity":"i","ready":"true"}')).toEqual({
      ready: true,
      visitorNode: 'v1',
      sessionId: 's',
      identity: 'i',
      properties: {},
    });
  });

  it('is answered with what may be odd, but never with what breaks us', () => {
    expect(parseConferenceJson('{"room":7,"ready":1,"properties":"x"}')).toMatchObject({ ready: false });
    const properties = '{"a":{"toString":null,"valueOf":null},"b":true,"c":2,"d":null,"e":[]}';
    expect(parseConferenceJson(`{"properties":${properties}}`).properties).toEqual({ b: 'true', c: '2' });
  });

  it.each(['', '<html></html>', '[]', 'null', '"x"', '{'])(
    'must be answered with an object, not %j',
    (body) => {
      expect(() => parseConferenceJson(body)).toThrow(
        expect.objectContaining({ code: 'conference-response', kind: 'protocol' }),
      );
    },
  );
});

describe('the login page', () => {
  const answer = (url: string | undefined): XmlElement =>
    xml('jabber:client', 'iq', { type: 'result' }, xml(focus, 'login-url', { url }));

  it('is asked for', () => {
    expect(serialize(buildLoginUrlQuery({ room: 'r@m', machineUid: 'u' }))).toBe(
      `<login-url xmlns="${focus}" room="r@m" machine-uid="u" popup="true"/>`,
    );
  });

  it.each([
    ['./standup?login=true', 'https://meet.example/standup?login=true'],
    ['https%3A%2F%2Flogin.example%2F%3Froom%3Dx', 'https://login.example/?room=x'],
    ['https://login.example/', 'https://login.example/'],
    ['%', undefined],
    ['http://', undefined],
    [undefined, undefined],
  ])('%j → %j', (url, expected) => {
    expect(parseLoginUrl(answer(url), 'https://meet.example')).toBe(expected);
  });
});
