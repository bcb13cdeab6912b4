import { describe, expect, it, vi } from 'vitest';
import {
  buildGroupMessage,
  buildPrivateMessage,
  buildSubject,
  parseChatStanza,
  parseDelay,
  parseRetraction,
  parseSubject,
} from '../../../src/jitsi/chat-message.ts';
import { type XmlElement, xml } from '../../../src/xml/element.ts';
import { parseXml } from '../../../src/xml/parse.ts';
import { captureFrame } from '../../support/captures.ts';

const recorded = (name: string, ...parts: string[]): XmlElement =>
  parseXml(captureFrame(name, 'received', '<message', ...parts));

const delayed = (content: string): XmlElement =>
  parseXml(`<message xmlns='jabber:client' type='groupchat' from='r@m/a'><body>x</body>${content}</message>`);

describe('parseChatStanza', () => {
  it('reads a message to all', () => {
    expect(parseChatStanza(recorded('35-talk.bob', 'first message'))).toEqual({
      from: 'talk80331@conference.meet.jitsi.test/4aeb55a7',
      id: 'LSq8PTPLBKYvY29KspmNmVG7',
      text: 'first message',
      isPrivate: false,
      isHistory: false,
    });
  });

  it('reads a message to one', () => {
    expect(parseChatStanza(recorded('35-talk.bob', 'only for bob'))).toEqual({
      from: 'talk80331@conference.meet.jitsi.test/4aeb55a7',
      text: 'only for bob',
      isPrivate: true,
      isHistory: false,
    });
  });

  it.each(['', ' \n\t', '\u007f\u0085', '\u200b\u202e\ufeff', '\u{e0041}'])(
    'finds nothing to be seen in %j',
    (body) => {
      const stanza = xml(
        'jabber:client',
        'message',
        { type: 'groupchat', from: 'r@m/a' },
        xml('jabber:client', 'body', {}, body),
      );
      expect(parseChatStanza(stanza)).toBeUndefined();
    },
  );

  it('reads history, with its time', () => {
    expect(parseChatStanza(recorded('09-moderation.carol', '<delay'))).toEqual({
      from: 'mod07fc9c@conference.meet.jitsi.test/ef4f0a38',
      id: 'c1',
      text: 'hello',
      isPrivate: false,
      isHistory: true,
      sentAt: Date.UTC(2026, 10, 23, 7, 1, 14),
    });
  });

  it('reads what was replayed after a resumption as history', () => {
    expect(parseChatStanza(recorded('10-smacks.alice', '<delay'))).toMatchObject({
      text: 'while you were away',
      isHistory: true,
    });
  });

  it('reads the name of somebody who is not in the room', () => {
    const message = delayed(
      `<display-name xmlns='http://jitsi.org/protocol/display-name' source='visitor'>Bo</display-name>`,
    );
    expect(parseChatStanza(message)?.displayName).toBe('Bo');
  });

  it.each([
    ['a subject', recorded('30-lib-jitsi-meet.alice', '<subject')],
    ['JSON', recorded('35-talk.bob', '&quot;custom&quot;')],
    ['a reaction', recorded('35-talk.bob', '<reactions')],
    ['an invitation', recorded('34-doors.dave', '<invite')],
    ['an error', recorded('35-talk.alice', 'Recipient not in room')],
    ['a body of nobody', parseXml(`<message xmlns='jabber:client' type='chat'><body>x</body></message>`)],
    [
      'another body',
      parseXml(
        `<message xmlns='jabber:client' type='chat' from='a@b'><body xmlns='urn:x'>x</body></message>`,
      ),
    ],
  ])('reads nothing in %s', (_, stanza) => {
    expect(parseChatStanza(stanza)).toBeUndefined();
  });
});

describe('parseRetraction', () => {
  it('reads those of the browser, for all and for one', () => {
    const [forAll, forOne] = ['LSq8PTPLBKYvY29KspmNmVG7', '3769beab-fef0-48f2-a8bb-84432e06e31c'].map((id) =>
      recorded('35-talk.bob', `<retract id='${id}'`, '4aeb55a7'),
    );
    for (const [stanza, id, isPrivate] of [
      [forAll, 'LSq8PTPLBKYvY29KspmNmVG7', false],
      [forOne, '3769beab-fef0-48f2-a8bb-84432e06e31c', true],
    ] as const) {
      if (!stanza) throw new Error('nothing was recorded');
      expect(parseRetraction(stanza)).toEqual({
        from: 'talk80331@conference.meet.jitsi.test/4aeb55a7',
        id,
        isPrivate,
        isHistory: false,
      });
      expect(parseChatStanza(stanza)).toBeUndefined();
    }
  });

  it.each([
    [
      'of the room, for a moderator',
      `<retract id='1' xmlns='urn:xmpp:message-retract:1'><moderated xmlns='urn:xmpp:message-moderate:1'/></retract>`,
    ],
    [
      'of the older form',
      `<apply-to id='1' xmlns='urn:xmpp:fasten:0'><retract xmlns='urn:xmpp:message-retract:0'/></apply-to>`,
    ],
    [
      'of the older form for a moderator',
      `<apply-to id='1' xmlns='urn:xmpp:fasten:0'><moderated xmlns='urn:xmpp:message-moderate:0'><retract xmlns='urn:xmpp:message-retract:0'/></moderated></apply-to>`,
    ],
  ])('reads those %s', (_, content) => {
    expect(parseRetraction(delayed(content))).toMatchObject({ id: '1' });
    expect(parseChatStanza(delayed(content))).toBeUndefined();
  });

  it('takes nothing else for one', () => {
    expect(parseRetraction(delayed(`<retract id='1' xmlns='urn:mine'/>`))).toBeUndefined();
    expect(parseRetraction(delayed(`<apply-to id='1' xmlns='urn:xmpp:fasten:0'/>`))).toBeUndefined();
    expect(parseRetraction(delayed(`<retract id='' xmlns='urn:xmpp:message-retract:1'/>`))).toBeUndefined();
  });
});

describe('an empty body', () => {
  const stanza = (content: string): XmlElement =>
    parseXml(`<message xmlns='jabber:client' type='groupchat' from='r@m/a' id='1'>${content}</message>`);

  it.each([
    '<body/>',
    '<body></body>',
    '<body/><delay xmlns="urn:xmpp:delay" stamp="2026-11-23T07:01:17Z"/>',
  ])('is no message: %s', (content) => {
    expect(parseChatStanza(stanza(content))).toBeUndefined();
  });

  it('leaves a subject a subject', () => {
    expect(parseSubject(stanza('<subject>plans</subject><body/>'))).toBe('plans');
  });
});

describe('parseDelay', () => {
  it.each([
    [
      'XEP-0203',
      `<delay xmlns='urn:xmpp:delay' stamp='2026-11-23T07:01:17Z'/>`,
      { sentAt: Date.UTC(2026, 10, 23, 7, 1, 17) },
    ],
    [
      'XEP-0203 with a fraction and an offset',
      `<delay xmlns='urn:xmpp:delay' stamp='2026-11-23T08:01:17.250+01:00'/>`,
      { sentAt: Date.UTC(2026, 10, 23, 7, 1, 17, 250) },
    ],
    [
      'XEP-0091',
      `<x xmlns='jabber:x:delay' stamp='20261123T07:01:17'/>`,
      { sentAt: Date.UTC(2026, 10, 23, 7, 1, 17) },
    ],
    [
      'both',
      `<x xmlns='jabber:x:delay' stamp='20200101T00:00:00'/><delay xmlns='urn:xmpp:delay' stamp='2026-11-23T07:01:17Z'/>`,
      { sentAt: Date.UTC(2026, 10, 23, 7, 1, 17) },
    ],
    ['a time that is none', `<delay xmlns='urn:xmpp:delay' stamp='yesterday'/>`, {}],
    ['no time', `<delay xmlns='urn:xmpp:delay'/>`, {}],
    ['no mark', `<x xmlns='jabber:x:data' stamp='20261123T07:01:17'/>`, undefined],
  ])('reads %s', (_, mark, expected) => {
    expect(parseDelay(delayed(mark))).toEqual(expected);
  });

  it('takes the older form for UTC, wherever we are', () => {
    vi.stubEnv('TZ', 'Asia/Tokyo');
    const mark = delayed(`<x xmlns='jabber:x:delay' stamp='20261123T07:01:17'/>`);
    expect(parseDelay(mark)).toEqual({ sentAt: Date.UTC(2026, 10, 23, 7, 1, 17) });
    vi.unstubAllEnvs();
  });
});

describe('parseSubject', () => {
  it('reads the subject that the room has', () => {
    expect(parseSubject(recorded('30-lib-jitsi-meet.alice', '<subject'))).toBe('');
    expect(parseSubject(recorded('33-moderation.erin', '<subject'))).toBe('Weekly planning');
  });

  it('takes a message with a body for a message', () => {
    expect(parseSubject(delayed('<subject>x</subject>'))).toBeUndefined();
    expect(
      parseSubject(parseXml(`<message xmlns='jabber:client' type='chat'><subject>x</subject></message>`)),
    ).toBeUndefined();
  });
});

describe('what we write', () => {
  it('reads back', () => {
    const from = (stanza: XmlElement): XmlElement => ({
      ...stanza,
      attrs: { ...stanza.attrs, from: 'r@m/a' },
    });
    expect(parseChatStanza(from(buildGroupMessage('r@m', 'i1', 'a < b')))).toEqual({
      from: 'r@m/a',
      id: 'i1',
      text: 'a < b',
      isPrivate: false,
      isHistory: false,
    });
    expect(parseChatStanza(from(buildPrivateMessage('r@m/b', 'i2', 'x')))).toMatchObject({ isPrivate: true });
    expect(parseSubject(buildSubject('r@m', 'plans'))).toBe('plans');
  });

  it('is what the browser sends, and an id', () => {
    const recordedMessage = parseXml(captureFrame('30-lib-jitsi-meet.alice', 'sent', '<message', '<body>'));
    const { to = '', id = '' } = recordedMessage.attrs;
    expect(buildGroupMessage(to, id, 'hello from alice')).toEqual({
      ...recordedMessage,
      attrs: { type: 'groupchat', to, id },
    });
    expect(buildGroupMessage('r@m', 'i', 'x').children).toEqual([xml('jabber:client', 'body', {}, 'x')]);
  });
});
