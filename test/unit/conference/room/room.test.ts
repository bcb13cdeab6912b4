import { describe, expect, it } from 'vitest';
import { Room } from '../../../../src/conference/room/room.ts';
import type { XmlElement } from '../../../../src/xml/element.ts';
import { parseXml } from '../../../../src/xml/parse.ts';
import { captureFrame } from '../../../support/captures.ts';

const jid = 'room@muc.example';
const own = `${jid}/me000000`;

const presence = (nick: string, x: string, attributes = '', content = ''): XmlElement =>
  parseXml(
    `<presence xmlns='jabber:client' from='${jid}/${nick}' ${attributes}>${content}<x xmlns='http://jabber.org/protocol/muc#user'>${x}</x></presence>`,
  );
const item = `<item affiliation='none' role='participant' jid='u@meet.example/r'/>`;
const message = (from: string, content: string, attributes = `type='groupchat'`): XmlElement =>
  parseXml(`<message xmlns='jabber:client' from='${from}' ${attributes}>${content}</message>`);

function room(): Room {
  const entering = new Room({ jid, hiddenDomain: undefined });
  entering.entering(own, false);
  return entering;
}

function entered(): Room {
  const inside = room();
  inside.presence(presence('me000000', `${item}<status code='110'/>`));
  return inside;
}

describe('entering', () => {
  it('is done with our own presence; who was there before is known then, without an event', () => {
    const entering = room();
    expect(entering.presence(presence('aa', item))).toEqual({ events: [] });
    expect(entering.presence(presence('focus', item))).toMatchObject({ events: [{ name: 'focusChanged' }] });
    expect(entering.presence(presence('me000000', `${item}<status code='110'/>`))).toEqual({
      events: [],
      entered: true,
    });
    expect([...entering.participants.keys()]).toEqual(['aa']);
    expect(entering.self).toMatchObject({ id: 'me000000', role: 'participant' });
    expect(entering.presence(presence('bb', item)).events).toMatchObject([{ name: 'participantJoined' }]);
  });

  it('is done once', () => {
    const inside = entered();
    expect(inside.presence(presence('me000000', `${item}<status code='110'/>`))).toEqual({ events: [] });
    const moderator = `<item affiliation='owner' role='moderator' jid='u@meet.example/r'/><status code='110'/>`;
    expect(inside.presence(presence('me000000', moderator)).events).toMatchObject([
      { name: 'selfChanged', payload: { changed: ['role', 'affiliation'] } },
    ]);
  });

  it('is refused by an error to our own address only', () => {
    const refusal = (nick: string): XmlElement =>
      parseXml(
        `<presence xmlns='jabber:client' type='error' from='${jid}/${nick}'><error type='cancel'><conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>`,
      );
    expect(room().presence(refusal('other'))).toEqual({ events: [] });
    expect(room().presence(refusal('me000000')).refused?.code).toBe('nick-conflict');
    // Later it means that an update was refused: we are still inside.
    expect(entered().presence(refusal('me000000'))).toEqual({ events: [] });
  });

  it('again begins with nobody known', () => {
    const entering = room();
    entering.presence(presence('aa', item));
    entering.entering(`${jid}/other`, true);
    expect(entering.participants.size).toBe(0);
    expect(entering.occupantJid).toBe(`${jid}/other`);
  });
});

describe('presences', () => {
  it('without an item, or of a kind that rooms do not send, do not count', () => {
    const inside = entered();
    for (const odd of [
      presence('aa', ''),
      presence('aa', item, `type='subscribe'`),
      parseXml(`<presence xmlns='jabber:client' from='${jid}/aa'/>`),
    ]) {
      expect(inside.presence(odd)).toEqual({ events: [] });
    }
    expect(inside.participants.size).toBe(0);
  });

  it('of the focus make no participant', () => {
    const inside = entered();
    const focus = parseXml(captureFrame('13-bridge-dies.alice', 'received', '<presence', `/focus'`));
    const here = new Room({ jid: 'bd988de3@conference.meet.jitsi.test', hiddenDomain: undefined });
    expect(here.presence(focus).events).toMatchObject([
      { name: 'focusChanged', payload: { focus: { bridgeAvailable: true } } },
    ]);
    expect(here.presence(focus).events).toEqual([]);
    expect(here.focusJid).toBe('bd988de3@conference.meet.jitsi.test/focus');
    inside.presence(presence('focus', item));
    expect(inside.presence(presence('focus', item, `type='unavailable'`)).events).toEqual([
      { name: 'focusChanged', payload: { focus: undefined } },
    ]);
    expect(inside.focus).toBeUndefined();
    expect(inside.participants.size).toBe(0);
  });

  it.each([
    [item, '<status>Disconnected: closed</status>', { reason: 'left', text: 'Disconnected: closed' }],
    [
      item,
      '<status>Disconnected: Received SIGTERM</status>',
      { reason: 'connection-lost', text: 'Disconnected: Received SIGTERM' },
    ],
    [
      `<item role='none' affiliation='none'><actor nick='mod'/><reason>bye</reason></item><status code='307'/>`,
      '',
      { reason: 'kicked', text: 'bye', actor: 'mod' },
    ],
    [`<item role='none' affiliation='outcast'/><status code='301'/>`, '', { reason: 'banned' }],
    [`<item role='none' affiliation='none'/><status code='322'/>`, '', { reason: 'removed' }],
    [
      `<item role='none' affiliation='none'/><status code='333'/>`,
      '<status>Kicked: recipient unavailable</status>',
      { reason: 'connection-lost', text: 'Kicked: recipient unavailable' },
    ],
    [
      `<item role='none' affiliation='none'/><status code='307'/><status code='333'/>`,
      '',
      { reason: 'connection-lost' },
    ],
    [`<item role='none' affiliation='none'/><status code='332'/>`, '', { reason: 'connection-lost' }],
  ])('that end tell why: %s', (x, content, departure) => {
    const inside = entered();
    inside.presence(presence('aa', item));
    expect(inside.presence(presence('aa', x, `type='unavailable'`, content)).events).toMatchObject([
      { name: 'participantLeft', payload: { participant: { id: 'aa' }, departure } },
    ]);
    expect(inside.presence(presence('aa', x, `type='unavailable'`)).events).toEqual([]);
  });
});

describe('our own departure', () => {
  it.each(['333', '332'])('with status %s is a lost connection', (code) => {
    const x = `<item role='none' affiliation='none'/><status code='110'/><status code='${code}'/>`;
    const why = '<status>Kicked: recipient unavailable</status>';
    const { left } = entered().presence(presence('me000000', x, `type='unavailable'`, why));
    expect(left).toMatchObject({
      reason: 'connection-lost',
      text: 'Kicked: recipient unavailable',
      error: { kind: 'connection', code: 'connection-lost', retryable: true },
    });
  });
});

describe('messages that are taken back', () => {
  const retraction = (from: string, id: string, more = ''): XmlElement =>
    message(
      from,
      `<retract id='${id}' xmlns='urn:xmpp:message-retract:1'/><body>it is unsupported</body>${more}`,
    );
  const say = (inside: Room, nick: string, id: string): unknown =>
    inside.message(message(`${jid}/${nick}`, '<body>hi</body>', `type='groupchat' id='${id}'`), 5);

  it('are told by id and author, and are no messages', () => {
    const inside = entered();
    inside.presence(presence('aa', item, '', `<nick xmlns='http://jabber.org/protocol/nick'>Ada</nick>`));
    say(inside, 'aa', 'm1');
    expect(inside.message(retraction(`${jid}/aa`, 'm1'), 7)).toEqual([
      {
        name: 'messageRetracted',
        payload: {
          retraction: {
            id: 'm1',
            from: 'aa',
            displayName: 'Ada',
            isOwn: false,
            isPrivate: false,
            isHistory: false,
            at: 7,
          },
        },
      },
    ]);
  });

  it('are so only by whoever said them, as far as that is known, or the room', () => {
    const inside = entered();
    say(inside, 'aa', 'm1');
    // Saying an id again does not make the message one's own.
    say(inside, 'bb', 'm1');
    expect(inside.message(retraction(`${jid}/bb`, 'm1'), 7)).toMatchObject([
      { name: 'warning', payload: { error: { code: 'retraction-foreign' } } },
    ]);
    expect(inside.message(retraction(jid, 'm1'), 7)).toMatchObject([{ name: 'messageRetracted' }]);
    expect(inside.message(retraction(`${jid}/bb`, 'unknown'), 7)).toMatchObject([
      { name: 'messageRetracted', payload: { retraction: { from: 'bb' } } },
    ]);
  });

  it('are remembered, but not for ever', () => {
    const inside = entered();
    for (let count = 0; count <= 1_000; count += 1) say(inside, 'aa', `m${count}`);
    const told = (id: string): unknown => inside.message(retraction(`${jid}/bb`, id), 7)[0]?.name;
    expect([told('m0'), told('m1'), told('m1000')]).toEqual(['messageRetracted', 'warning', 'warning']);
  });

  it('without an id say nothing', () => {
    const nameless = message(`${jid}/aa`, `<retract xmlns='urn:xmpp:message-retract:1'/><body>x</body>`);
    expect(entered().message(nameless, 5)).toEqual([]);
  });
});

describe('messages', () => {
  it('are told with what is known of their author', () => {
    const inside = entered();
    inside.presence(presence('aa', item, '', `<nick xmlns='http://jabber.org/protocol/nick'>Ada</nick>`));
    const told = (stanza: XmlElement): unknown => inside.message(stanza, 5);
    expect(told(message(`${jid}/aa`, '<body>hi</body>', `type='groupchat' id='1'`))).toEqual([
      {
        name: 'messageReceived',
        payload: {
          message: {
            id: '1',
            text: 'hi',
            from: 'aa',
            displayName: 'Ada',
            isOwn: false,
            isPrivate: false,
            isHistory: false,
            at: 5,
          },
        },
      },
    ]);
    expect(told(message(own, '<body>me</body>'))).toMatchObject([{ payload: { message: { isOwn: true } } }]);
    expect(told(message(jid, '<body>room</body>'))).toMatchObject([
      { payload: { message: { text: 'room' } } },
    ]);
    expect(told(message(jid, '<body>room</body>'))).not.toHaveProperty('0.payload.message.from');
    const history = `<body>old</body><delay xmlns='urn:xmpp:delay' stamp='1970-01-01T00:00:01Z'/>`;
    expect(told(message(`${jid}/gone`, history))).toMatchObject([
      { payload: { message: { from: 'gone', isHistory: true, at: 1_000 } } },
    ]);
  });

  it('are recognised as a change of the configuration only from the room itself', () => {
    const inside = entered();
    const changed = `<x xmlns='http://jabber.org/protocol/muc#user'><status code='104'/></x>`;
    expect(inside.isConfigurationChange(message(jid, changed))).toBe(true);
    expect(inside.isConfigurationChange(message(`${jid}/aa`, changed))).toBe(false);
    expect(inside.isConfigurationChange(message(jid, '<body>x</body>'))).toBe(false);
  });
});

describe('what is seen of somebody at the bridge', () => {
  const hers = `<item affiliation='none' role='participant' jid='ada@meet.example/r'/>`;

  it('is part of what is known of them, and stays when their presence comes again', () => {
    const inside = entered();
    inside.presence(presence('aa', hers));
    const [before] = inside.participants.values();
    expect(inside.observed('aa', { talking: true })).toMatchObject([
      {
        name: 'participantChanged',
        payload: { changed: ['talking'], previous: { talking: false }, participant: { talking: true } },
      },
    ]);
    expect(before?.talking).toBe(false);
    expect(inside.observed('aa', { talking: true })).toEqual([]);
    inside.observed('aa', { connection: 'inactive' });
    const named = `<nick xmlns='http://jabber.org/protocol/nick'>Ada</nick>`;
    expect(inside.presence(presence('aa', hers, '', named)).events).toMatchObject([
      { payload: { changed: ['displayName'], participant: { talking: true, connection: 'inactive' } } },
    ]);
    // After a reconnect as well.
    inside.lost();
    inside.entering(own, false);
    inside.presence(presence('aa', hers, '', named));
    inside.presence(presence('me000000', `${item}<status code='110'/>`));
    expect(inside.participants.get('aa')).toMatchObject({ talking: true, connection: 'inactive' });
    // Whoever comes anew begins anew.
    inside.presence(presence('aa', hers, `type='unavailable'`));
    inside.presence(presence('aa', hers));
    expect(inside.participants.get('aa')).toMatchObject({ talking: false, connection: 'active' });
  });

  it('may be about ourselves, or about nobody', () => {
    const inside = entered();
    expect(inside.observed('me000000', { connection: 'inactive' })).toMatchObject([
      { name: 'selfChanged', payload: { changed: ['connection'], self: { connection: 'inactive' } } },
    ]);
    expect(inside.observed('me000000', { connection: 'inactive' })).toEqual([]);
    expect(inside.presence(presence('me000000', `${item}<status code='110'/>`)).events).toEqual([]);
    expect(inside.self?.connection).toBe('inactive');
    expect(inside.observed('nobody', { talking: true })).toEqual([]);
  });
});
