import { describe, expect, it } from 'vitest';
import { expectXml, stanzaError } from '../../../support/expect-xml.ts';
import { createRig, type Rig, type RigClient, roomJid } from '../../../support/xmpp-server-rig.ts';

const room = roomJid('room');

/** Alice, a moderator, and Bob. */
function meeting(): { rig: Rig; alice: RigClient; bob: RigClient } {
  const rig = createRig();
  rig.focus.enter('room');
  const [alice, bob] = [rig.login(), rig.login()];
  alice.enter('room');
  rig.focus.makeOwner('room', alice);
  bob.enter('room');
  alice.take();
  return { rig, alice, bob };
}

function message(attributes: string, children: string): string {
  return `<message xmlns="jabber:client" ${attributes}>${children}</message>`;
}

/** Without what differs from room to room. */
function plain(frame: string | undefined): string | undefined {
  return frame?.replace(/<occupant-id[^>]*>/, '');
}

const groupchat = `type="groupchat" to="${room}"`;

describe('a message to all', () => {
  it('reaches all, the sender too, id and contents kept', () => {
    const { rig, alice, bob } = meeting();
    rig.focus.take();
    const children =
      `<body>hello &amp; good &lt;morning></body><reply xmlns="urn:xmpp:reply:0" to="m0"/>` +
      `<json-message xmlns="http://jitsi.org/jitmeet">{"type":"x"}</json-message>`;
    const own = alice.send(message(`${groupchat} id="m1"`, children));
    expect(own).toHaveLength(1);
    const expected = (to: string): string =>
      `<message xmlns='jabber:client' type='groupchat' id='m1' from='${room}/${alice.nick}' to='${to}' xml:lang='en'>${children}</message>`;
    expectXml(plain(own[0]), expected(alice.jid));
    expectXml(plain(bob.take()[0]), expected(bob.jid));
    expectXml(plain(rig.focus.take()[0]), expected(rig.focus.link.jid));
    expect(own[0]).toMatch(/<occupant-id xmlns="urn:xmpp:occupant-id:0" id="[\w+/]{43}="\/><\/message>$/);
  });

  it('gets an id when it has none, the same for all', () => {
    const { alice, bob } = meeting();
    const [own] = alice.send(message(groupchat, '<body>hello</body>'));
    const id = / id="(\w{24})"/.exec(own ?? '')?.[1];
    expect(id).toBeDefined();
    expect(bob.take()[0]).toContain(` id="${id}"`);
  });

  it('loses a name, a forged id and a forged delay', () => {
    const { alice } = meeting();
    const [own = ''] = alice.send(
      message(
        groupchat,
        `<body>x</body><nick xmlns="http://jabber.org/protocol/nick">Eve</nick><occupant-id xmlns="urn:xmpp:occupant-id:0" id="forged"/>` +
          `<delay xmlns="urn:xmpp:delay" from="${room}" stamp="2020-01-01T00:00:00Z"/>`,
      ),
    );
    for (const part of ['Eve', 'forged', '2020']) expect(own).not.toContain(part);
  });

  it('needs its sender inside', () => {
    const { rig } = meeting();
    const eve = rig.login();
    expectXml(
      eve.send(message(`${groupchat} id="m"`, '<body>x</body>'))[0],
      stanzaError('message', `id='m' from='${room}' to='${eve.jid}'`, {
        type: 'cancel',
        condition: 'not-acceptable',
        text: 'You are not currently connected to this chat',
      }),
    );
  });

  it('needs a voice', () => {
    const { rig, bob } = meeting();
    rig.focus.send(
      `<iq xmlns="jabber:client" type="set" id="v" to="${room}"><query xmlns="http://jabber.org/protocol/muc#admin">` +
        `<item nick="${bob.nick}" role="visitor"/></query></iq>`,
    );
    bob.take();
    expectXml(
      bob.send(message(`${groupchat} id="m"`, '<body>x</body>'))[0],
      stanzaError('message', `id='m' from='${room}' to='${bob.jid}'`, {
        type: 'auth',
        condition: 'forbidden',
        text: 'You do not currently have permission to speak in this chat',
      }),
    );
  });

  it('to the room of another kind is refused', () => {
    const { alice } = meeting();
    expect(alice.send(message(`to="${room}" id="m"`, '<body>x</body>'))[0]).toContain(
      '<service-unavailable ',
    );
  });
});

describe('the history', () => {
  it('is sent to newcomers before the subject, with the time', () => {
    const { rig, alice } = meeting();
    alice.send(message(`${groupchat} id="m1"`, '<body>one</body>'));
    rig.clock.advance(5000);
    alice.send(
      message(
        `${groupchat} id="m2"`,
        '<json-message xmlns="http://jitsi.org/jitmeet">{"type":"x"}</json-message>',
      ),
      message(`${groupchat} id="m3"`, '<body>no</body><no-store xmlns="urn:xmpp:hints"/>'),
      message(
        `${groupchat} id="m4"`,
        '<reactions xmlns="urn:xmpp:reactions:0" id="m1"><reaction>👍</reaction></reactions><store xmlns="urn:xmpp:hints"/>',
      ),
    );
    const carol = rig.login();
    const [first, second, subject] = carol.enter('room').slice(-3);
    expectXml(
      plain(first),
      `<message xmlns='jabber:client' type='groupchat' id='m1' from='${room}/${alice.nick}' to='${carol.jid}' xml:lang='en'>` +
        `<body>one</body><delay xmlns='urn:xmpp:delay' from='${room}' stamp='2026-09-21T14:13:20Z'/></message>`,
    );
    expect(second).toContain('id="m4"');
    expect(second).toContain('stamp="2026-09-21T14:13:25Z"');
    expect(subject).toContain('<subject/>');
  });

  it('has an end', () => {
    const { rig, alice } = meeting();
    for (let count = 0; count < 25; count += 1)
      alice.send(message(`${groupchat} id="m${count}"`, '<body>x</body>'));
    const ids = rig
      .login()
      .enter('room')
      .flatMap((frame) => (frame.includes('<delay ') ? [/ id="(m\d+)"/.exec(frame)?.[1]] : []));
    expect(ids).toEqual(Array.from({ length: 20 }, (_, index) => `m${index + 5}`));
  });
});

describe('the history that a newcomer asks for', () => {
  it.each([
    ['maxstanzas="0"', []],
    ['maxstanzas="2"', ['m3', 'm4']],
    ['seconds="25"', ['m3', 'm4']],
    ['since="2026-09-21T14:13:45Z"', ['m4']],
    ['maxchars="0"', []],
    ['maxchars="900"', ['m3', 'm4']],
    ['maxstanzas="many" since="then"', ['m1', 'm2', 'm3', 'm4']],
  ])('%s', (request, expected) => {
    const { rig, alice } = meeting();
    for (const id of ['m1', 'm2', 'm3', 'm4']) {
      alice.send(message(`${groupchat} id="${id}"`, '<body>x</body>'));
      rig.clock.advance(10_000);
    }
    const carol = rig.login();
    const frames = carol.send(
      `<presence xmlns="jabber:client" to="${room}/${carol.nick}"><x xmlns="http://jabber.org/protocol/muc"><history ${request}/></x></presence>`,
    );
    const ids = frames.flatMap((frame) => /^<message[^>]* id="(m\d)"/.exec(frame)?.[1] ?? []);
    expect(ids).toEqual(expected);
  });
});

describe('the subject', () => {
  const change = message(`${groupchat} id="s"`, '<subject>Weekly planning</subject>');

  it('is changed by moderators and told to all, later ones with the time', () => {
    const { rig, alice, bob } = meeting();
    const expected = (to: string, more = ''): string =>
      `<message xmlns='jabber:client' type='groupchat' from='${room}/${alice.nick}' to='${to}'><subject>Weekly planning</subject>${more}</message>`;
    expectXml(alice.send(change)[0], expected(alice.jid));
    expectXml(bob.take()[0], expected(bob.jid));
    expect(alice.send(change)).toEqual([]);
    const carol = rig.login();
    expectXml(
      carol.enter('room').at(-1),
      expected(carol.jid, `<delay xmlns='urn:xmpp:delay' from='${room}' stamp='2026-09-21T14:13:20Z'/>`),
    );
    expect(alice.send(message(groupchat, '<subject/>')).at(-1)).toContain('<subject/>');
  });

  it('is not changed by others', () => {
    const { bob } = meeting();
    expectXml(
      bob.send(change)[0],
      stanzaError('message', `id='s' from='${room}' to='${bob.jid}'`, {
        type: 'auth',
        condition: 'forbidden',
        text: 'You are not allowed to change the subject',
      }),
    );
  });

  it('beside a body is part of a message', () => {
    const { bob } = meeting();
    expect(bob.send(message(`${groupchat} id="m"`, '<subject>a</subject><body>b</body>'))[0]).toContain(
      '<body>b</body>',
    );
  });
});

describe('a private message', () => {
  it('reaches one', () => {
    const { alice, bob } = meeting();
    const sent = message(`type="chat" id="p1" to="${room}/${bob.nick}"`, '<body>psst</body>');
    expect(alice.send(sent)).toEqual([]);
    expectXml(
      plain(bob.take()[0]),
      `<message xmlns='jabber:client' type='chat' id='p1' from='${room}/${alice.nick}' to='${bob.jid}' xml:lang='en'>` +
        `<body>psst</body><x xmlns='http://jabber.org/protocol/muc#user'/></message>`,
    );
  });

  it.each([
    [
      'nobody',
      'type="chat"',
      { type: 'cancel', condition: 'item-not-found', text: 'Recipient not in room', by: room },
    ],
    ['BOB', 'type="groupchat"', { type: 'modify', condition: 'bad-request', by: room }],
  ])('is refused: to %s, %s', (nick, type, error) => {
    const { alice, bob } = meeting();
    const to = `${room}/${nick === 'BOB' ? bob.nick : nick}`;
    expectXml(
      alice.send(message(`${type} id="p" to="${to}"`, '<body>x</body>'))[0],
      stanzaError('message', `id='p' from='${to}' to='${alice.jid}'`, error),
    );
  });

  it('needs its sender inside', () => {
    const { rig, bob } = meeting();
    const eve = rig.login();
    expectXml(
      eve.send(message(`type="chat" id="p" to="${room}/${bob.nick}"`, '<body>x</body>'))[0],
      stanzaError('message', `id='p' from='${room}/${bob.nick}' to='${eve.jid}'`, {
        type: 'cancel',
        condition: 'not-acceptable',
        text: 'You are not currently connected to this chat',
        by: room,
      }),
    );
  });
});

describe('an IQ between occupants', () => {
  const query = '<query xmlns="http://jabber.org/protocol/disco#info"/>';

  function ask(from: RigClient, to: RigClient): { asked: string; id: string } {
    from.send(`<iq xmlns="jabber:client" type="get" id="q&amp;1" to="${room}/${to.nick}">${query}</iq>`);
    const asked = to.take()[0] ?? '';
    return { asked, id: / id="([^"]+)"/.exec(asked)?.[1] ?? '' };
  }

  it('reaches the other from the occupant address, and the answer comes back with its id', () => {
    const { alice, bob } = meeting();
    const { asked, id } = ask(alice, bob);
    expectXml(
      asked,
      `<iq xmlns='jabber:client' type='get' id='${id}' from='${room}/${alice.nick}' to='${bob.jid}' xml:lang='en'>${query}</iq>`,
    );
    expect(id.length).toBeGreaterThan(60);
    bob.send(`<iq xmlns="jabber:client" type="result" id="${id}" to="${room}/${alice.nick}">${query}</iq>`);
    expectXml(
      alice.take()[0],
      `<iq xmlns='jabber:client' type='result' id='q&amp;1' from='${room}/${bob.nick}' to='${alice.jid}' xml:lang='en'>${query}</iq>`,
    );
  });

  it('brings errors back too, to the focus as to others', () => {
    const { rig, bob } = meeting();
    rig.focus.take();
    rig.focus.send(
      `<iq xmlns="jabber:client" type="set" id="j1" to="${room}/${bob.nick}"><jingle xmlns="urn:xmpp:jingle:1"/></iq>`,
    );
    const id = / id="([^"]+)"/.exec(bob.take()[0] ?? '')?.[1];
    const error = `<error type="cancel"><item-not-found xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error>`;
    bob.send(`<iq xmlns="jabber:client" type="error" id="${id}" to="${room}/focus">${error}</iq>`);
    expectXml(
      rig.focus.take()[0],
      `<iq xmlns='jabber:client' type='error' id='j1' from='${room}/${bob.nick}' to='${rig.focus.link.jid}' xml:lang='en'>${error}</iq>`,
    );
  });

  it('gets no answer through that was not asked for', () => {
    const { rig, alice, bob } = meeting();
    const { id } = ask(alice, bob);
    const answer = (to: string, made: string): string =>
      `<iq xmlns="jabber:client" type="result" id="${made}" to="${room}/${to}"/>`;
    const carol = rig.login();
    carol.enter('room');
    for (const client of [alice, bob]) client.take();
    const wrong = [`${id}x`, id.slice(0, -4), 'AAAA', '', '%%%', btoa(`${bob.jid}\0q1`)];
    bob.send(...wrong.map((made) => answer(alice.nick, made)));
    // The right id from the wrong one, and for the wrong one.
    carol.send(answer(alice.nick, id));
    bob.send(answer(carol.nick, id));
    expect([...alice.take(), ...carol.take(), ...bob.take()]).toEqual([]);
  });

  it('to oneself answers whether one is still there', () => {
    const { rig, alice } = meeting();
    const ping = `<iq xmlns="jabber:client" type="get" id="s1" to="${room}/${alice.nick}"><ping xmlns="urn:xmpp:ping"/></iq>`;
    expectXml(
      alice.send(ping)[0],
      `<iq xmlns='jabber:client' type='result' id='s1' from='${room}/${alice.nick}' to='${alice.jid}'/>`,
    );
    const eve = rig.login();
    expectXml(
      eve.send(ping)[0],
      stanzaError('iq', `id='s1' from='${room}/${alice.nick}' to='${eve.jid}'`, {
        type: 'cancel',
        condition: 'not-acceptable',
        text: 'You are not currently connected to this chat',
        by: room,
      }),
    );
  });

  it('to nobody is refused', () => {
    const { alice } = meeting();
    expectXml(
      alice.send(`<iq xmlns="jabber:client" type="get" id="n1" to="${room}/nobody">${query}</iq>`)[0],
      stanzaError('iq', `id='n1' from='${room}/nobody' to='${alice.jid}'`, {
        type: 'cancel',
        condition: 'item-not-found',
        text: 'Recipient not in room',
        by: room,
      }),
    );
  });
});
