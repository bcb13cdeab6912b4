/** What a deployment and a room say about themselves: services, STUN and TURN, room info, focus, JSON messages. */
import { describe, expect, it } from 'vitest';
import { parseFocusPresence } from '../../../src/jitsi/focus-presence.ts';
import { iceServersFrom } from '../../../src/jitsi/ice-servers.ts';
import { buildJsonMessage, parseJsonMessage } from '../../../src/jitsi/json-message.ts';
import { type RoomInfo, roomInfo } from '../../../src/jitsi/room-info.ts';
import { domainServices } from '../../../src/jitsi/services.ts';
import { type XmlElement, xml } from '../../../src/xml/element.ts';
import { parseXml } from '../../../src/xml/parse.ts';
import { serialize } from '../../../src/xml/serialize.ts';
import { discoInfoOf, parseDiscoInfo } from '../../../src/xmpp/disco.ts';
import { message } from '../../../src/xmpp/stanza.ts';
import { captureFrame, captureFrames } from '../../support/captures.ts';

function info(frame: string): ReturnType<typeof parseDiscoInfo> {
  const query = discoInfoOf(parseXml(frame));
  if (!query) throw new Error('no disco#info in the frame');
  return parseDiscoInfo(query);
}

describe('domainServices', () => {
  it('reads components by their kind', () => {
    expect(
      domainServices(info(captureFrame('30-lib-jitsi-meet.alice', 'received', '<message', 'disco#info'))),
    ).toEqual({
      components: {
        lobbyrooms: 'lobby.meet.jitsi.test',
        room_metadata: 'metadata.meet.jitsi.test',
        speakerstats: 'speakerstats.meet.jitsi.test',
        polls: 'polls.meet.jitsi.test',
        av_moderation: 'avmoderation.meet.jitsi.test',
        end_conference: 'endconference.meet.jitsi.test',
        conference_duration: 'conferenceduration.meet.jitsi.test',
        breakout_rooms: 'breakout.meet.jitsi.test',
      },
      features: ['http://jitsi.org/protocol/breakout_rooms#rename'],
    });
  });

  it('reads where the server stands', () => {
    const identities = [
      { category: 'server', type: 'shard', name: 's1' },
      { category: 'server', type: 'region', name: 'eu' },
      { category: 'server', type: 'release', name: '42' },
      { category: 'server', type: 'im', name: 'Prosody' },
      { category: 'component', type: 'nameless' },
      { category: 'component', type: '__proto__', name: 'odd.example' },
    ];
    const services = domainServices({ identities, features: [], forms: [] });
    expect(services).toMatchObject({ shard: 's1', region: 'eu', release: '42' });
    expect(Object.entries(services.components)).toEqual([['__proto__', 'odd.example']]);
  });
});

describe('iceServersFrom', () => {
  it('takes a service for what WebRTC takes', () => {
    expect(
      iceServersFrom([
        { type: 'stun', host: 'turn.example', port: '3478', transport: 'tcp' },
        { type: 'turn', host: 'turn.example', port: '3478', transport: 'udp', username: 'u', password: 'p' },
        { type: 'turns', host: 'turn.example', port: '5349', transport: 'tcp', username: 'u', password: 'p' },
        { type: 'stun', host: 'turn.example' },
        { type: 'turn', host: '2001:db8::1', port: '3478', username: 'u', password: 'p' },
        { type: 'turn', host: '[2001:db8::1]', username: 'u', password: 'p' },
        { type: 'short-lived-token', host: 'token.example', password: 'p' },
      ]),
    ).toEqual([
      { urls: 'stun:turn.example:3478' },
      { urls: 'turn:turn.example:3478', username: 'u', credential: 'p' },
      { urls: 'turns:turn.example:5349?transport=tcp', username: 'u', credential: 'p' },
      { urls: 'stun:turn.example' },
      { urls: 'turn:[2001:db8::1]:3478', username: 'u', credential: 'p' },
      { urls: 'turn:[2001:db8::1]', username: 'u', credential: 'p' },
    ]);
  });
});

describe('roomInfo', () => {
  const recorded = (name: string, ...parts: string[]): RoomInfo =>
    roomInfo(info(captureFrame(name, 'received', 'muc#roominfo', ...parts)));

  it('reads an open room', () => {
    expect(recorded('30-lib-jitsi-meet.alice')).toEqual({
      passwordProtected: false,
      membersOnly: false,
      meetingId: 'b719743f-760f-474f-af51-e3f4c45efc60',
      createdAt: 1_795_422_668_000,
      isBreakout: false,
    });
  });

  it('reads a room with a password, then with a lobby too', () => {
    const states = captureFrames('34-doors.alice', 'received')
      .filter(({ text }) => text.includes('muc#roominfo') && text.includes('disco#info'))
      .map(({ text }) => roomInfo(info(text)))
      .map(({ passwordProtected, membersOnly, lobbyRoom }) => ({
        passwordProtected,
        membersOnly,
        lobbyRoom,
      }));
    const lobbyRoom = 'doors11047@lobby.meet.jitsi.test';
    expect(states).toEqual([
      { passwordProtected: false, membersOnly: false, lobbyRoom: undefined },
      { passwordProtected: true, membersOnly: false, lobbyRoom: undefined },
      { passwordProtected: false, membersOnly: false, lobbyRoom: undefined },
      { passwordProtected: false, membersOnly: true, lobbyRoom },
      { passwordProtected: true, membersOnly: true, lobbyRoom },
      { passwordProtected: true, membersOnly: false, lobbyRoom: undefined },
    ]);
  });

  it('reads a breakout room', () => {
    expect(recorded('36-breakout.alice', 'isbreakout')).toMatchObject({
      isBreakout: true,
      breakoutMainRoom: 'breakout80331@conference.meet.jitsi.test',
    });
  });

  it('reads a room that says nothing', () => {
    expect(roomInfo({ identities: [], features: [], forms: [new Map([['FORM_TYPE', ['urn:x']]])] })).toEqual({
      passwordProtected: false,
      membersOnly: false,
      isBreakout: false,
    });
  });
});

describe('parseFocusPresence', () => {
  const focus = `/focus'`;

  it('reads the properties of the conference', () => {
    expect(
      parseFocusPresence(parseXml(captureFrame('01-two-participants.alice', 'received', '<presence', focus))),
    ).toEqual({
      properties: { 'support-terminate-restart': 'true' },
      bridgeAvailable: true,
    });
    const without = parseXml(
      captureFrame('13-bridge-dies.alice', 'received', '<presence', focus, `value='0'`),
    );
    expect(parseFocusPresence(without).properties['bridge-count']).toBe('0');
  });

  it('reads that there is no bridge', () => {
    const presence = parseXml(
      `<presence xmlns='jabber:client'><bridgeNotAvailable xmlns='http://jitsi.org/protocol/focus'/>` +
        `<conference-properties xmlns='http://jitsi.org/protocol/focus'><property key='a'/><property value='b'/></conference-properties></presence>`,
    );
    expect(parseFocusPresence(presence)).toEqual({ properties: { a: '' }, bridgeAvailable: false });
  });
});

describe('JSON messages', () => {
  const within = (text: string): XmlElement =>
    message({ from: 'a@b/c' }, xml('http://jitsi.org/jitmeet', 'json-message', {}, text));

  it('are read as recorded', () => {
    const poll = parseXml(captureFrame('35-talk.bob', 'received', 'answer-poll', 'Bob'));
    expect(parseJsonMessage(poll)).toEqual({
      type: 'polls',
      command: 'answer-poll',
      pollId: 'poll1',
      senderId: 'fbb9975a',
      senderName: 'Bob <b> & "Co" é😀',
      answers: [true, false],
    });
  });

  it.each(['', '{', 'null', '7', '[]', '{}', '{"type":1}'])('are no messages: %j', (text) => {
    expect(parseJsonMessage(within(text))).toBeUndefined();
  });

  it('are read as they are written', () => {
    const value = { type: 'custom', text: `<&>"'\u0007😀`, __proto__: undefined };
    const written = parseXml(serialize(message({}, buildJsonMessage(value, { room: 'r@m' }))));
    expect(parseJsonMessage(written)).toEqual({ type: 'custom', text: `<&>"'\u0007😀` });
    expect(written.children[0]).toMatchObject({ attrs: { room: 'r@m' } });
  });
});
