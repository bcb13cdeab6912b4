import { describe, expect, it } from 'vitest';
import { expectFrames, expectXml, stanzaError } from '../../../support/expect-xml.ts';
import { createRig, type Rig, type RigClient, roomJid } from '../../../support/xmpp-server-rig.ts';

const room = roomJid('room');
const admin = 'http://jabber.org/protocol/muc#admin';
const owner = 'http://jabber.org/protocol/muc#owner';

/** Alice, a moderator, Bob and Carol. */
function meeting(): { rig: Rig; alice: RigClient; bob: RigClient; carol: RigClient } {
  const rig = createRig();
  rig.focus.enter('room');
  rig.clock.advance(7000);
  const [alice, bob, carol] = [rig.login(), rig.login(), rig.login()];
  alice.enter('room');
  rig.focus.makeOwner('room', alice);
  bob.enter('room');
  carol.enter('room');
  for (const client of [alice, bob]) client.take();
  return { rig, alice, bob, carol };
}

function iq(type: 'get' | 'set', ns: string, children: string): string {
  return `<iq xmlns="jabber:client" type="${type}" id="i" to="${room}"><query xmlns="${ns}">${children}</query></iq>`;
}

function plain(frame: string): string {
  return frame.replace(/<occupant-id[^>]*>/, '');
}

function result(to: RigClient): string {
  return `<iq xmlns='jabber:client' type='result' id='i' from='${room}' to='${to.jid}'/>`;
}

function refusal(to: RigClient, type: string, condition: string, text?: string): string {
  return stanzaError('iq', `id='i' from='${room}' to='${to.jid}'`, {
    type,
    condition,
    ...(text === undefined ? {} : { text }),
  });
}

describe('kicking', () => {
  const kick = (nick: string): string =>
    iq('set', admin, `<item nick="${nick}" role="none"><reason>bye</reason></item>`);

  it('is told to all, first that the affiliation is gone, and not who acted to the one concerned', () => {
    const { alice, bob, carol } = meeting();
    const x = (actor: string, more = ''): string =>
      `<x xmlns='http://jabber.org/protocol/muc#user'><status code='307'/><item affiliation='none' role='none' jid='${carol.jid}'>` +
      `${actor}<reason>bye</reason></item>${more}</x>`;
    const frames = (to: RigClient): string[] => [
      `<message xmlns='jabber:client' from='${room}' to='${to.jid}'><x xmlns='http://jabber.org/protocol/muc#user'>` +
        `<item affiliation='none' jid='${carol.bareJid}'/></x></message>`,
      `<presence xmlns='jabber:client' type='unavailable' from='${room}/${carol.nick}' to='${to.jid}'>` +
        `${x(`<actor nick='${alice.nick}' jid='${alice.jid}'/>`)}</presence>`,
    ];
    expectFrames(alice.send(kick(carol.nick)).map(plain), [...frames(alice), result(alice)]);
    expectFrames(bob.take().map(plain), frames(bob));
    expectFrames(carol.take().map(plain), [
      `<presence xmlns='jabber:client' type='unavailable' from='${room}/${carol.nick}' to='${carol.jid}'>` +
        `${x(`<actor nick='${alice.nick}'/>`, `<status code='110'/>`)}</presence>`,
    ]);
    // The connection stays.
    expect(carol.closed).toBeUndefined();
    expect(carol.enter('room').at(-1)).toContain('<subject/>');
  });

  it('takes a moderator', () => {
    const { rig, bob, carol } = meeting();
    expectXml(bob.send(kick(carol.nick))[0], refusal(bob, 'cancel', 'not-allowed'));
    const eve = rig.login();
    expectXml(eve.send(kick(carol.nick))[0], refusal(eve, 'cancel', 'not-allowed'));
    expect(carol.take()).toEqual([]);
  });

  it('does not happen to the focus, nor to nobody', () => {
    const { alice } = meeting();
    expectXml(alice.send(kick('focus'))[0], refusal(alice, 'cancel', 'not-allowed'));
    expectXml(alice.send(kick('nobody'))[0], refusal(alice, 'modify', 'item-not-found'));
  });
});

describe('roles and affiliations', () => {
  const affiliate = (jid: string, affiliation: string, inside = ''): string =>
    iq('set', admin, `<item affiliation="${affiliation}" jid="${jid}">${inside}</item>`);

  it('of an owner make a moderator, who is told what they may do, once', () => {
    const { alice, bob } = meeting();
    const own = (to: string, actor: string, affiliation: string, role: string, more: string): string =>
      `<presence xmlns='jabber:client' from='${room}/${bob.nick}' to='${to}' xml:lang='en'><x xmlns='http://jabber.org/protocol/muc#user'>` +
      `<item affiliation='${affiliation}' role='${role}' jid='${bob.jid}'>${actor}<reason>trust</reason></item>${more}</presence>`;
    const permissions =
      `<permissions xmlns='http://jitsi.org/jitmeet'><p name='livestreaming' val='true'/><p name='recording' val='true'/>` +
      `<p name='create-polls' val='true'/><p name='outbound-call' val='true'/><p name='live-translation-subscribe' val='true'/>` +
      `<p name='send-groupchat' val='true'/><p name='live-translation' val='true'/><p name='transcription' val='true'/><p name='flip' val='true'/></permissions>`;
    const short = `<actor nick='${alice.nick}'/>`;
    const long = `<actor nick='${alice.nick}' jid='${alice.jid}'/>`;

    expectFrames(alice.send(affiliate(bob.bareJid, 'owner', '<reason>trust</reason>')).map(plain), [
      own(alice.jid, long, 'owner', 'moderator', '</x>'),
      result(alice),
    ]);
    expectFrames(bob.take().map(plain), [
      own(bob.jid, short, 'owner', 'moderator', `<status code='110'/></x>${permissions}`),
    ]);
    bob.send(`<presence xmlns="jabber:client" to="${room}/${bob.nick}"/>`);
    alice.take();

    expectFrames(alice.send(affiliate(bob.bareJid, 'none', '<reason>trust</reason>')).map(plain), [
      own(alice.jid, long, 'none', 'participant', '</x>'),
      result(alice),
    ]);
    expectFrames(bob.take().map(plain), [
      own(bob.jid, short, 'none', 'participant', `<status code='110'/></x>`),
    ]);
  });

  it('are told once: a later presence of the moderator says nothing of permissions', () => {
    const { alice } = meeting();
    expect(alice.send(`<presence xmlns="jabber:client" to="${room}/${alice.nick}"/>`)[0]).not.toContain(
      'permissions',
    );
  });

  it('can be given to who is not there', () => {
    const { alice, bob } = meeting();
    expect(alice.send(affiliate('x@meet.jitsi', 'member')).at(-1)).toContain('type="result"');
    expectXml(
      bob.take()[0],
      `<message xmlns='jabber:client' from='${room}' to='${bob.jid}'><x xmlns='http://jabber.org/protocol/muc#user'>` +
        `<item affiliation='member' jid='x@meet.jitsi'/></x></message>`,
    );
  });

  it('keep a member’s role', () => {
    const { alice, bob } = meeting();
    alice.send(affiliate(bob.bareJid, 'member'));
    const [own] = bob.take();
    expect(own).toContain('affiliation="member" role="participant"');
    expect(own).not.toContain('permissions');
  });

  it('ban', () => {
    const { alice, bob, carol } = meeting();
    alice.send(affiliate(bob.bareJid, 'outcast', '<reason>no</reason>'));
    expect(bob.take()[0]).toContain('<status code="301"/><item affiliation="outcast" role="none"');
    expect(carol.take()[0]).toContain('<status code="301"/>');
  });

  it.each([
    ['a participant', 'BOB', 'CAROL', 'owner', 'cancel', 'not-allowed'],
    ['a participant, their own', 'BOB', 'BOB', 'owner', 'cancel', 'not-allowed'],
    ['a participant, an owner’s', 'BOB', 'ALICE', 'none', 'cancel', 'not-allowed'],
    ['anybody, the focus’', 'ALICE', 'FOCUS', 'none', 'cancel', 'not-allowed'],
    ['anybody, to nonsense', 'ALICE', 'BOB', 'king', 'modify', 'not-acceptable'],
    ['anybody, of a full address', 'ALICE', 'x@y/z', 'member', 'modify', 'jid-malformed'],
    ['anybody, of no address', 'ALICE', '@', 'member', 'modify', 'jid-malformed'],
  ])('are not changed by %s', (_, actor, target, affiliation, type, condition) => {
    const people = meeting();
    const { alice, bob, carol } = people;
    const by = actor === 'BOB' ? bob : alice;
    const jids: Record<string, string> = {
      ALICE: alice.bareJid,
      BOB: bob.bareJid,
      CAROL: carol.bareJid,
      FOCUS: 'focus@auth.meet.jitsi',
    };
    const [reply = ''] = by.send(affiliate(jids[target] ?? target, affiliation));
    const text = reply.includes('<text') ? 'Bare JID expected, got full JID' : undefined;
    expectXml(reply, refusal(by, type, condition, text));
  });

  it.each(['', '<item/>', '<item nick="x" role="none" affiliation="none"/>', '<item role="none"/>'])(
    'need a complete request: %s',
    (item) => {
      const { alice } = meeting();
      expectXml(alice.send(iq('set', admin, item))[0], refusal(alice, 'cancel', 'bad-request'));
    },
  );

  it('are changed by role too, and by the other kind of name', () => {
    const { alice, bob, carol } = meeting();
    alice.send(iq('set', admin, `<item nick="${bob.nick}" role="visitor"/>`));
    expect(bob.take()[0]).toContain('affiliation="none" role="visitor"');
    alice.send(iq('set', admin, `<item nick="${bob.nick}" affiliation="owner"/>`));
    expect(bob.take()[0]).toContain('affiliation="owner" role="moderator"');
    alice.send(iq('set', admin, `<item jid="${carol.bareJid}" role="none"/>`));
    expect(carol.take().at(-1)).toContain('<status code="307"/>');
    expectXml(
      alice.send(iq('set', admin, `<item nick="${bob.nick}" role="king"/>`)).at(-1),
      refusal(alice, 'modify', 'not-acceptable'),
    );
  });

  it('are not given away by the last owner', () => {
    const { rig, alice } = meeting();
    rig.focus.send(`<presence xmlns="jabber:client" type="unavailable" to="${room}/focus"/>`);
    alice.take();
    expectXml(alice.send(affiliate(alice.bareJid, 'none'))[0], refusal(alice, 'cancel', 'conflict'));
  });
});

describe('configuring', () => {
  const form = (fields: Record<string, string>, type = 'submit'): string =>
    iq(
      'set',
      owner,
      `<x xmlns="jabber:x:data" type="${type}">${Object.entries(fields)
        .map(([name, value]) => `<field var="${name}"><value>${value}</value></field>`)
        .join('')}</x>`,
    );
  const config = { FORM_TYPE: 'http://jabber.org/protocol/muc#roomconfig' };
  const lock = form({
    ...config,
    'muc#roomconfig_roomsecret': 'tea4two',
    'muc#roomconfig_passwordprotectedroom': '1',
    'muc#roomconfig_whois': 'anyone',
  });

  it('shows the form to owners', () => {
    const { alice } = meeting();
    const [shown = ''] = alice.send(iq('get', owner, ''));
    expect(shown).toContain('<x xmlns="jabber:x:data" type="form">');
    expect(shown).toContain(`<title>Configuration for ${room}</title>`);
    for (const name of ['roomsecret', 'whois', 'roomname', 'changesubject']) {
      expect(shown).toContain(`var="muc#roomconfig_${name}"`);
    }
  });

  it('locks and unlocks: the result, then word to all', () => {
    const { rig, alice, bob } = meeting();
    const word = (to: RigClient): string =>
      `<message xmlns='jabber:client' type='groupchat' from='${room}' to='${to.jid}'>` +
      `<x xmlns='http://jabber.org/protocol/muc#user'><status code='104'/></x></message>`;
    expectFrames(alice.send(lock), [result(alice), word(alice)]);
    expectFrames(bob.take(), [word(bob)]);
    const dave = rig.login();
    expect(dave.enter('room')[0]).toContain('<not-authorized ');
    expect(alice.send(lock)).toHaveLength(1);
    alice.send(form({ ...config, 'muc#roomconfig_roomsecret': '' }));
    expect(dave.enter('room').at(-1)).toContain('<subject/>');
  });

  it('lets everybody change the subject', () => {
    const { alice, bob } = meeting();
    alice.send(
      form({ ...config, 'muc#roomconfig_changesubject': 'true', 'muc#roomconfig_roomname': 'Room' }),
    );
    bob.take();
    const change = `<message xmlns="jabber:client" type="groupchat" to="${room}"><subject>x</subject></message>`;
    expect(bob.send(change)[0]).toContain('<subject>x</subject>');
    expect(bob.send(iq('get', 'http://jabber.org/protocol/disco#info', ''))[0]).toContain('name="Room"');
  });

  it('lets the focus, and nobody else, give the meeting an id', () => {
    const { rig, alice } = meeting();
    const give = form({ ...config, 'muc#roominfo_meetingId': 'mine' });
    alice.send(give);
    expect(rig.server.muc.rooms.get(room)?.meetingId).toMatch(/^[\da-f-]{36}$/);
    rig.focus.send(give);
    expect(rig.server.muc.rooms.get(room)?.meetingId).toBe('mine');
  });

  it.each([
    ['get', '', 'auth', 'forbidden', 'Only owners can configure rooms'],
    ['set', '<destroy/>', 'auth', 'forbidden', 'Only owners can configure rooms'],
  ] as const)('is for owners: %s %s', (type, inside, errorType, condition, text) => {
    const { bob } = meeting();
    expectXml(bob.send(iq(type, owner, inside))[0], refusal(bob, errorType, condition, text));
  });

  it.each([
    ['', 'modify', 'bad-request', undefined],
    ['<x xmlns="jabber:x:data" type="form"/>', 'cancel', 'bad-request', 'Not a submitted form'],
    [
      '<x xmlns="jabber:x:data" type="submit"><field var="a"><value>b</value></field></x>',
      'cancel',
      'bad-request',
      'Form is not of type room configuration',
    ],
    ['<other xmlns="x"/>', 'cancel', 'service-unavailable', undefined],
  ])('needs a form: %s', (inside, type, condition, text) => {
    const { alice } = meeting();
    expectXml(alice.send(iq('set', owner, inside))[0], refusal(alice, type, condition, text));
  });

  it('can be left as it is', () => {
    const { alice } = meeting();
    expectFrames(alice.send(form({}, 'cancel')), [result(alice)]);
    expectFrames(alice.send(form({}, 'submit')), [result(alice)]);
  });

  it('destroys', () => {
    const { rig, alice, bob } = meeting();
    rig.focus.take();
    const frames = alice.send(iq('set', owner, '<destroy jid="other@x"><reason>done</reason></destroy>'));
    const gone = (to: RigClient, affiliation: string): string =>
      `<presence xmlns='jabber:client' type='unavailable' from='${room}/${to.nick}' to='${to.jid}'><x xmlns='http://jabber.org/protocol/muc#user'>` +
      `<destroy jid='other@x'><reason>done</reason></destroy><item affiliation='${affiliation}' role='none' jid='${to.jid}'/><status code='110'/></x></presence>`;
    expectFrames(frames.map(plain), [gone(alice, 'owner'), result(alice)]);
    expectFrames(bob.take().map(plain), [gone(bob, 'none')]);
    expect(rig.focus.take()).toHaveLength(1);
    expect(rig.server.muc.rooms.size).toBe(0);
  });
});

describe('information', () => {
  const ask = iq('get', 'http://jabber.org/protocol/disco#info', '');

  it('is for those inside', () => {
    const { rig, alice } = meeting();
    const [told = ''] = alice.send(ask);
    const features = [...told.matchAll(/<feature var="([^"]+)"/g)].map((match) => match[1]);
    expect(features).toEqual(
      expect.arrayContaining([
        'http://jabber.org/protocol/muc',
        'muc_hidden',
        'muc_nonanonymous',
        'muc_open',
        'muc_unsecured',
      ]),
    );
    const value = (name: string): string | undefined =>
      new RegExp(`var="muc#roominfo_${name}"[^>]*><value>([^<]*)`).exec(told)?.[1];
    expect(value('meetingId')).toMatch(/^[\da-f-]{36}$/);
    // When the first participant came, in whole seconds.
    expect(value('created_timestamp')).toBe('1790000007000');
    expect(value('occupants')).toBe('4');
    const eve = rig.login();
    expectXml(eve.send(ask)[0], refusal(eve, 'auth', 'forbidden'));
  });

  it('says whether there is a password', () => {
    const rig = createRig({ passwords: new Map([['room', 'x']]) });
    rig.focus.enter('room');
    const alice = rig.login();
    alice.enter('room', { password: 'x' });
    expect(alice.send(ask)[0]).toContain('<feature var="muc_passwordprotected"/>');
  });

  it('does not say that a room is not there any differently than for any other request', () => {
    const client = createRig().login();
    expectXml(
      client.send(ask)[0],
      stanzaError('iq', `id='i' from='${room}' to='${client.jid}'`, {
        type: 'cancel',
        condition: 'item-not-found',
        by: 'conference.meet.jitsi',
      }),
    );
  });

  it('of the service names it, and no rooms', () => {
    const { alice } = meeting();
    const to = (payload: string): string =>
      `<iq xmlns="jabber:client" type="get" id="i" to="conference.meet.jitsi">${payload}</iq>`;
    expect(alice.send(to('<query xmlns="http://jabber.org/protocol/disco#info"/>'))[0]).toContain(
      'category="conference" type="text"',
    );
    expect(alice.send(to('<query xmlns="http://jabber.org/protocol/disco#items"/>'))[0]).toContain(
      '#items"/></iq>',
    );
    expect(alice.send(to('<query xmlns="urn:unknown"/>'))[0]).toContain('<service-unavailable ');
    expect(alice.send(iq('get', 'urn:unknown', ''))[0]).toContain('<service-unavailable ');
  });
});

describe('a tenant', () => {
  it('has rooms of its own', () => {
    const rig = createRig();
    const other = 'room@conference.acme.meet.jitsi';
    rig.focus.enter('room');
    rig.focus.send(
      `<presence xmlns="jabber:client" to="${other}/focus"><x xmlns="http://jabber.org/protocol/muc"/></presence>`,
    );
    expect([...rig.server.muc.rooms.keys()]).toEqual([room, other]);
    expect(rig.server.muc.roomJid('Room', 'acme')).toBe(other);
  });
});
