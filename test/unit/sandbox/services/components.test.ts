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

function command(component: string, child: string, attributes = 'id="c"'): string {
  return `<message xmlns="jabber:client" ${attributes} to="${component}.meet.jitsi">${child}</message>`;
}

function expectRefused(client: RigClient, component: string, child: string): void {
  expectXml(
    client.send(command(component, child))[0],
    stanzaError('message', `id='c' from='${component}.meet.jitsi' to='${client.jid}'`, {
      type: 'cancel',
      condition: 'service-unavailable',
    }),
  );
}

describe('room metadata', () => {
  const set = (json: string, of: string = room): string =>
    `<room_metadata xmlns="http://jitsi.org/jitmeet" room="${of}">${json}</room_metadata>`;
  const body = (frame: string | undefined): unknown =>
    JSON.parse(/<json-message[^>]*>(.*)<\/json-message>/.exec(frame ?? '')?.[1] ?? 'null');

  it('are set by moderators and told to all whole, to newcomers too', () => {
    const { rig, alice, bob } = meeting();
    const [told] = alice.send(command('metadata', set('{"key":"topic","data":{"n":3}}')));
    expectXml(
      told,
      `<message xmlns='jabber:client' from='metadata.meet.jitsi' to='${alice.jid}'><json-message xmlns='http://jitsi.org/jitmeet' room='${room}'>` +
        `{"type":"room_metadata","metadata":{"topic":{"n":3}}}</json-message></message>`,
    );
    alice.send(command('metadata', set('{"key":"startMuted","data":{"audio":true}}')));
    const whole = { type: 'room_metadata', metadata: { topic: { n: 3 }, startMuted: { audio: true } } };
    expect(body(bob.take()[1])).toEqual(whole);
    const carol = rig.login();
    expect(body(carol.enter('room').find((frame) => frame.includes('metadata')))).toEqual(whole);
  });

  it('say nothing when nothing changes', () => {
    const { alice } = meeting();
    const same = command('metadata', set('{"key":"a","data":[1]}'));
    expect(alice.send(same)).toHaveLength(1);
    expect(alice.send(same)).toEqual([]);
    expect(alice.send(command('metadata', ''), command('metadata', set('')))).toEqual([]);
  });

  it.each([
    ['no JSON', '{'],
    ['no object', '7'],
    ['no key', '{"data":1}'],
    ['no data', '{"key":"a"}'],
    ['null', '{"key":"a","data":null}'],
    ['a key of the server', '{"key":"services","data":[]}'],
    ['a prototype', '{"key":"__proto__","data":{}}'],
  ])('are refused: %s', (_, json) => {
    const { alice, bob } = meeting();
    expectRefused(alice, 'metadata', set(json));
    expect(bob.take()).toEqual([]);
  });

  it('are refused to others, and for other rooms', () => {
    const { rig, alice, bob } = meeting();
    const good = '{"key":"a","data":1}';
    expectRefused(bob, 'metadata', set(good));
    expectRefused(rig.login(), 'metadata', set(good));
    expectRefused(alice, 'metadata', set(good, roomJid('other')));
    // A client whose URL named no room is not known to the components.
    const carol = rig.login({});
    carol.enter('room');
    rig.focus.makeOwner('room', carol);
    carol.take();
    expectRefused(carol, 'metadata', set(good));
  });

  it('carry the STUN and TURN services to newcomers', () => {
    const turn = {
      type: 'turns',
      transport: 'tcp',
      host: 'turn.test',
      port: '443',
      username: 'u',
      password: 'p',
      restricted: '1',
    };
    const rig = createRig({ externalServices: [turn] });
    rig.focus.enter('room');
    expect(body(rig.login().enter('room')[1])).toEqual({
      type: 'room_metadata',
      metadata: { services: [turn] },
    });
  });
});

describe('speaker statistics', () => {
  const speaks = (silence: boolean, of: string = room): string =>
    `<speakerstats xmlns="http://jitsi.org/jitmeet" room="${of}" silence="${silence}"/>`;

  it('count the time as dominant speaker, also of those who have left', () => {
    const { rig, alice, bob } = meeting();
    expect(alice.send(command('speakerstats', speaks(false)))).toEqual([]);
    rig.clock.advance(4000);
    bob.send(command('speakerstats', speaks(false)));
    rig.clock.advance(300);
    alice.send(
      `<presence xmlns="jabber:client" to="${room}/${alice.nick}"><nick xmlns="http://jabber.org/protocol/nick">Ada</nick></presence>`,
      `<presence xmlns="jabber:client" type="unavailable" to="${room}/${alice.nick}"/>`,
    );
    bob.send(command('speakerstats', speaks(true)));
    rig.clock.advance(1000);
    const carol = rig.login();
    const told = carol.enter('room').find((frame) => frame.includes('speakerstats')) ?? '';
    expect(JSON.parse(/>(\{.*\})</.exec(told)?.[1] ?? '')).toEqual({
      type: 'speakerstats',
      users: {
        [alice.nick]: { displayName: 'Ada', totalDominantSpeakerTime: 4000, faceLandmarks: {} },
        [bob.nick]: { totalDominantSpeakerTime: 300, faceLandmarks: {} },
      },
    });
  });

  it('are refused from outside', () => {
    const { rig, alice } = meeting();
    expectRefused(rig.login(), 'speakerstats', speaks(false));
    expectRefused(alice, 'speakerstats', speaks(false, roomJid('other')));
  });
});

describe('ending the conference', () => {
  it('destroys the room of the session', () => {
    const { rig, alice, bob } = meeting();
    const [gone = ''] = alice.send(command('endconference', '<end_conference/>'));
    expectXml(
      gone.replace(/<occupant-id[^>]*>/, ''),
      `<presence xmlns='jabber:client' type='unavailable' from='${room}/${alice.nick}' to='${alice.jid}'><x xmlns='http://jabber.org/protocol/muc#user'>` +
        `<destroy><reason>The meeting has been terminated</reason></destroy><item affiliation='owner' role='none' jid='${alice.jid}'/>` +
        `<status code='110'/></x></presence>`,
    );
    expect(bob.take()[0]).toContain('<destroy>');
    expect(rig.server.muc.rooms.size).toBe(0);
  });

  it('is refused to others', () => {
    const { rig, alice, bob } = meeting();
    expectRefused(bob, 'endconference', '<end_conference/>');
    expectRefused(rig.login(), 'endconference', '<end_conference/>');
    expectRefused(rig.login({}), 'endconference', '<end_conference/>');
    expectRefused(rig.login({ room: 'other' }), 'endconference', '<end_conference/>');
    expectRefused(alice, 'endconference', '<other/>');
    expect(rig.server.muc.rooms.size).toBe(1);
  });

  it('is known by the tenant too', () => {
    const rig = createRig();
    const acme = 'room@conference.acme.meet.jitsi';
    rig.focus.enter('room');
    rig.focus.send(
      `<presence xmlns="jabber:client" to="${acme}/focus"><x xmlns="http://jabber.org/protocol/muc"/></presence>`,
    );
    const ann = rig.login({ room: 'room', prefix: 'acme' });
    ann.send(
      `<presence xmlns="jabber:client" to="${acme}/${ann.nick}"><x xmlns="http://jabber.org/protocol/muc"/></presence>`,
    );
    rig.focus.send(
      `<iq xmlns="jabber:client" type="set" id="o" to="${acme}"><query xmlns="http://jabber.org/protocol/muc#admin">` +
        `<item affiliation="owner" jid="${ann.bareJid}"/></query></iq>`,
    );
    ann.send(command('endconference', '<end_conference/>'));
    expect([...rig.server.muc.rooms.keys()]).toEqual([room]);
  });
});

describe('every component', () => {
  it.each(['metadata', 'speakerstats', 'endconference', 'lobby', 'avmoderation', 'polls', 'breakout'])(
    'refuses what it does not do: %s',
    (component) => {
      const { alice } = meeting();
      const to = `${component}.meet.jitsi`;
      expectXml(
        alice.send(
          `<iq xmlns="jabber:client" type="get" id="q" to="${to}"><ping xmlns="urn:xmpp:ping"/></iq>`,
        )[0],
        stanzaError('iq', `id='q' from='${to}' to='${alice.jid}'`, {
          type: 'cancel',
          condition: 'service-unavailable',
        }),
      );
      expectXml(
        alice.send(
          `<presence xmlns="jabber:client" to="room@${to}/nick"><x xmlns="http://jabber.org/protocol/muc"/></presence>`,
        )[0],
        stanzaError('presence', `from='room@${to}/nick' to='${alice.jid}'`, {
          type: 'cancel',
          condition: 'service-unavailable',
        }),
      );
      expect(alice.send(command(component, '', 'type="error"'))).toEqual([]);
    },
  );
});
