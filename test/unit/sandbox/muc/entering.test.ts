import { describe, expect, it } from 'vitest';
import { expectFrames, expectXml, stanzaError } from '../../../support/expect-xml.ts';
import { createRig, type Rig, type RigClient, roomJid } from '../../../support/xmpp-server-rig.ts';

const room = roomJid('room');

/** What a client of the browser's kind says of itself. */
const state =
  `<stats-id>Ada-Qx7</stats-id><c xmlns="http://jabber.org/protocol/caps" hash="sha-1" node="https://jitsi.org/jitsi-meet" ver="x"/>` +
  `<SourceInfo>{"a-v0":{"muted":true}}</SourceInfo><jitsi_participant_e2ee.enabled>true</jitsi_participant_e2ee.enabled>` +
  `<nick xmlns="http://jabber.org/protocol/nick">Ada</nick>`;

function occupantId(frame: string | undefined): string {
  return /<occupant-id[^>]* id="([^"]+)"/.exec(frame ?? '')?.[1] ?? '';
}

/** An occupant's presence as the room writes it. */
function presence(
  of: { nick: string; jid: string },
  to: RigClient,
  frame: string | undefined,
  options: { children?: string; attributes?: string; x: string },
): string {
  const { children = '', attributes = `xml:lang='en'`, x } = options;
  return (
    `<presence xmlns='jabber:client' from='${room}/${of.nick}' to='${to.jid}' ${attributes}>${children}` +
    `<occupant-id xmlns='urn:xmpp:occupant-id:0' id='${occupantId(frame)}'/><x xmlns='http://jabber.org/protocol/muc#user'>${x}</x></presence>`
  );
}

function item(of: { jid: string }, affiliation: string, role: string, inside = ''): string {
  return `<item affiliation='${affiliation}' role='${role}' jid='${of.jid}'>${inside}</item>`;
}

function open(): Rig {
  const rig = createRig();
  rig.focus.enter('room');
  rig.focus.take();
  return rig;
}

describe('entering', () => {
  it('brings the others, the metadata, the own presence, the subject, in this order', () => {
    const rig = open();
    const focus = { nick: 'focus', jid: rig.focus.link.jid };
    const alice = rig.login();
    const frames = alice.enter('room', { children: state });
    expectFrames(frames, [
      presence(focus, alice, frames[0], { attributes: '', x: item(focus, 'owner', 'moderator') }),
      `<message xmlns='jabber:client' from='metadata.meet.jitsi' to='${alice.jid}'><json-message xmlns='http://jitsi.org/jitmeet' room='${room}'>` +
        `{"type":"room_metadata","metadata":{}}</json-message></message>`,
      presence(alice, alice, frames[2], {
        children: state,
        x: `<status code='100'/>${item(alice, 'none', 'participant')}<status code='110'/>`,
      }),
      `<message xmlns='jabber:client' type='groupchat' from='${room}' to='${alice.jid}'><subject/></message>`,
    ]);
    expect(occupantId(frames[0])).not.toBe(occupantId(frames[2]));
  });

  it('is told to everybody else, without what is meant for the newcomer', () => {
    const rig = open();
    const alice = rig.login();
    alice.enter('room');
    rig.focus.take();
    const bob = rig.login();
    const frames = bob.enter('room', { children: state });
    expect(frames[0]).toContain(`from="${room}/focus"`);
    expect(frames[1]).toContain(`from="${room}/${alice.nick}"`);
    const told = alice.take();
    expect(told).toHaveLength(1);
    expectXml(
      told[0],
      presence(bob, alice, told[0], { children: state, x: item(bob, 'none', 'participant') }),
    );
    expect(rig.focus.take()[0]).toContain(`jid="${bob.jid}"`);
    // The same person is the same to everybody.
    expect(occupantId(told[0])).toBe(occupantId(frames[3]));
  });

  it('brings the statistics of who spoke, when somebody is there', () => {
    const rig = open();
    const alice = rig.login();
    alice.enter('room');
    const bob = rig.login();
    expectXml(
      bob.enter('room').at(-2),
      `<message xmlns='jabber:client' from='speakerstats.meet.jitsi' to='${bob.jid}'><json-message xmlns='http://jitsi.org/jitmeet'>` +
        `{"type":"speakerstats","users":{"${alice.nick}":{"totalDominantSpeakerTime":0,"faceLandmarks":{}}}}</json-message></message>`,
    );
  });

  it('makes a room for the focus', () => {
    const rig = createRig();
    const [metadata, own = '', subject] = rig.focus.enter('room');
    expect(metadata).toContain('json-message');
    expect(own).toContain('<status code="201"/><status code="100"/>');
    expect(own).toContain('affiliation="owner" role="moderator"');
    expect(own).toContain('<status code="110"/>');
    expect(subject).toContain('<subject/>');
  });

  it('can happen again, for somebody who has lost track', () => {
    const rig = open();
    const alice = rig.login();
    alice.enter('room');
    rig.focus.take();
    const [focus, own, subject] = alice.enter('room', { children: '<a/>' });
    expect(focus).toContain(`${room}/focus`);
    expectXml(
      own,
      presence(alice, alice, own, {
        children: '<a/>',
        x: `${item(alice, 'none', 'participant')}<status code='110'/>`,
      }),
    );
    expect(subject).toContain('<subject/>');
    expect(rig.focus.take()).toHaveLength(1);
  });

  it('drops what only the room may say', () => {
    const rig = open();
    const alice = rig.login();
    const forged =
      `<x xmlns="http://jabber.org/protocol/muc#user"><item affiliation="owner" role="moderator"/></x>` +
      `<occupant-id xmlns="urn:xmpp:occupant-id:0" id="forged"/>`;
    const own = alice.enter('room', { children: forged })[2] ?? '';
    expect(own).not.toContain('forged');
    expect(own).not.toContain('owner');
    expect(own.match(/muc#user/g)).toHaveLength(1);
  });
});

describe('entering is refused', () => {
  const enter = (
    rig: Rig,
    client: RigClient,
    options: Parameters<RigClient['enter']>[1] = {},
  ): string | undefined => {
    rig.focus.take();
    const frames = client.enter('room', options);
    expect(frames).toHaveLength(1);
    expect(rig.focus.take()).toEqual([]);
    return frames[0]?.replaceAll(client.jid, 'ME');
  };

  it('in a room that the focus has not made', () => {
    const rig = createRig();
    const alice = rig.login();
    expectXml(
      enter(rig, alice, { nick: 'n' }),
      stanzaError('presence', `from='${room}/n' to='ME'`, {
        type: 'cancel',
        condition: 'not-allowed',
        text: 'Room creation is restricted',
        by: 'conference.meet.jitsi',
      }),
    );
    expect(rig.server.muc.rooms.size).toBe(0);
  });

  it.each(['not-hex-nick', '_x', 'ä', 'a b'])('with the nick %s', (nick) => {
    const rig = open();
    expectXml(
      enter(rig, rig.login(), { nick }),
      stanzaError('presence', `from='${room}/${nick}' to='ME'`, {
        type: 'cancel',
        condition: 'not-allowed',
        text: 'Invalid resource',
      }),
    );
  });

  it('with a nick that somebody has, or that is the focus’', () => {
    const rig = open();
    rig.login().enter('room', { nick: 'taken' });
    for (const nick of ['taken', 'focus']) {
      expectXml(
        enter(rig, rig.login(), { nick }),
        stanzaError('presence', `from='${room}/${nick}' to='ME'`, {
          type: 'cancel',
          condition: 'conflict',
          by: room,
        }),
      );
    }
  });

  it('with the focus’ nick, when the focus is away', () => {
    const rig = open();
    rig.login().enter('room');
    rig.focus.send(`<presence xmlns="jabber:client" type="unavailable" to="${room}/focus"/>`);
    expect(rig.login().enter('room', { nick: 'focus' })[0]).toContain('<conflict ');
  });

  it('without the password, or with another one, as often as it is tried', () => {
    const rig = createRig({ passwords: new Map([['room', 'tea4two']]) });
    rig.focus.enter('room');
    const alice = rig.login();
    const refusal = stanzaError('presence', `from='${room}/${alice.nick}' to='ME'`, {
      type: 'auth',
      condition: 'not-authorized',
      by: room,
    });
    expectXml(enter(rig, alice), refusal);
    expectXml(enter(rig, alice, { password: 'Tea4two' }), refusal);
    expect(alice.enter('room', { password: 'tea4two' })).toHaveLength(4);
  });

  it('to somebody who is banned', () => {
    const rig = open();
    const alice = rig.login();
    rig.focus.send(
      `<iq xmlns="jabber:client" type="set" id="b" to="${room}"><query xmlns="http://jabber.org/protocol/muc#admin">` +
        `<item affiliation="outcast" jid="${alice.bareJid}"/></query></iq>`,
    );
    expectXml(
      enter(rig, alice),
      stanzaError('presence', `from='${room}/${alice.nick}' to='ME'`, {
        type: 'auth',
        condition: 'forbidden',
        by: room,
      }),
    );
  });

  it('without asking for it', () => {
    const rig = open();
    expectXml(
      rig
        .login()
        .send(`<presence xmlns="jabber:client" to="${room}/n"/>`)[0]
        ?.replace(/ to="[^"]*"/, ''),
      stanzaError('presence', `from='${room}/n'`, {
        type: 'cancel',
        condition: 'item-not-found',
        text: 'You are not currently connected to this chat',
        by: room,
      }),
    );
  });

  it('under a second nick', () => {
    const rig = open();
    const alice = rig.login();
    alice.enter('room');
    expectXml(
      enter(rig, alice, { nick: 'other' }),
      stanzaError('presence', `from='${room}/other' to='ME'`, {
        type: 'cancel',
        condition: 'not-allowed',
        text: 'Nick changes are not allowed',
      }),
    );
  });
});

describe('presence in the room', () => {
  it('is state: kept verbatim, told to all, the sender too, and to who comes later', () => {
    const rig = open();
    const [alice, bob] = [rig.login(), rig.login()];
    alice.enter('room', { children: state });
    bob.enter('room');
    alice.take();
    const changed = `<jitsi_participant_raisedHand>1790000000000</jitsi_participant_raisedHand><x xmlns="urn:x"><y/>z</x>`;
    const [own] = alice.send(
      `<presence xmlns="jabber:client" id="p7" to="${room}/${alice.nick}">${changed}</presence>`,
    );
    const attributes = `id='p7' xml:lang='en'`;
    expectXml(
      own,
      presence(alice, alice, own, {
        children: changed,
        attributes,
        x: `${item(alice, 'none', 'participant')}<status code='110'/>`,
      }),
    );
    const [seen] = bob.take();
    const x = item(alice, 'none', 'participant');
    expectXml(seen, presence(alice, bob, seen, { children: changed, attributes, x }));
    const carol = rig.login();
    const later = carol.enter('room').find((frame) => frame.includes(`from="${room}/${alice.nick}"`));
    expectXml(later, presence(alice, carol, later, { children: changed, attributes, x }));
  });

  it('may be sent to the room without the nick, by who is inside', () => {
    const rig = open();
    const alice = rig.login();
    const update = `<presence xmlns="jabber:client" to="${room}"><a/></presence>`;
    expect(alice.send(update)[0]).toContain('<service-unavailable ');
    alice.enter('room');
    expect(alice.send(update)[0]).toContain(`from="${room}/${alice.nick}"`);
  });

  it('of another kind is refused or means nothing', () => {
    const rig = open();
    const alice = rig.login();
    alice.enter('room');
    expect(alice.send(`<presence xmlns="jabber:client" type="nonsense" to="${room}/x"/>`)[0]).toContain(
      '<bad-request ',
    );
    expect(alice.send(`<presence xmlns="jabber:client" type="probe" to="${room}/x"/>`)).toEqual([]);
  });
});

describe('leaving', () => {
  it('is told to all with the words of who leaves, and to them with 110', () => {
    const rig = open();
    const [alice, bob] = [rig.login(), rig.login()];
    alice.enter('room');
    rig.focus.makeOwner('room', alice);
    bob.enter('room');
    alice.take();
    const [own] = alice.send(
      `<presence xmlns="jabber:client" type="unavailable" to="${room}/${alice.nick}"><status>bye</status></presence>`,
    );
    const children = '<status>bye</status>';
    const attributes = `type='unavailable' xml:lang='en'`;
    expectXml(
      own,
      presence(alice, alice, own, {
        children,
        attributes,
        x: `${item(alice, 'owner', 'none')}<status code='110'/>`,
      }),
    );
    const [seen] = bob.take();
    expectXml(seen, presence(alice, bob, seen, { children, attributes, x: item(alice, 'owner', 'none') }));
    // Not there any more: nothing is said twice, and one can come back.
    expect(
      alice.send(`<presence xmlns="jabber:client" type="unavailable" to="${room}/${alice.nick}"/>`),
    ).toEqual([]);
    expect(alice.enter('room').at(-1)).toContain('<subject/>');
  });

  it('of the last one ends the room', () => {
    const rig = open();
    const alice = rig.login();
    alice.enter('room');
    rig.focus.send(`<presence xmlns="jabber:client" type="unavailable" to="${room}/focus"/>`);
    expect([...rig.server.muc.rooms.keys()]).toEqual([room]);
    const leave = `<presence xmlns="jabber:client" type="unavailable" to="${room}/${alice.nick}"/>`;
    alice.send(leave);
    expect(rig.server.muc.rooms.size).toBe(0);
    expectXml(
      alice.send(leave)[0],
      stanzaError('presence', `from='${room}/${alice.nick}' to='${alice.jid}'`, {
        type: 'cancel',
        condition: 'item-not-found',
        by: 'conference.meet.jitsi',
      }),
    );
  });

  it('happens to who cannot be reached', () => {
    const rig = open();
    const [alice, bob] = [rig.login(), rig.login()];
    alice.enter('room');
    bob.enter('room');
    alice.take();
    const error = `<error type="cancel"><service-unavailable xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error>`;
    bob.send(`<message xmlns="jabber:client" type="error" to="${room}">${error}</message>`);
    expect(alice.take()[0]).toContain('<status>Kicked: service unavailable</status>');
    const harmless = error.replace('service-unavailable', 'not-allowed');
    alice.send(`<message xmlns="jabber:client" type="error" to="${room}">${harmless}</message>`);
    expect(rig.server.muc.rooms.get(room)?.withNick(alice.nick)).toBeDefined();
  });
});
