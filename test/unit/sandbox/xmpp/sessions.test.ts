import { describe, expect, it } from 'vitest';
import { expectXml, stanzaError } from '../../../support/expect-xml.ts';
import { auth, bind, close, createRig, enable, open, roomJid } from '../../../support/xmpp-server-rig.ts';

const ping =
  '<iq xmlns="jabber:client" type="get" id="p1" to="meet.jitsi"><ping xmlns="urn:xmpp:ping"/></iq>';

function tokenOf(frames: readonly string[]): string {
  return /<enabled [^>]*id="(\w+)"/.exec(frames.join(''))?.[1] ?? '';
}

describe('a session', () => {
  it('answers frames that come all at once, in order', () => {
    const client = createRig().connect();
    const frames = client.send(open, auth, open, bind, enable, ping, ping.replace('p1', 'p2'), close);
    expect(frames.map((frame) => /^<([\w:]+)/.exec(frame)?.[1])).toEqual(
      'open stream:features success open stream:features message iq enabled iq iq a close'.split(' '),
    );
    expect(frames[8]).toContain('id="p1"');
    expect(frames[9]).toContain('id="p2"');
    expect(client.closed).toEqual({ code: 1000, reason: 'Stream closed' });
  });

  it('gives way to a newer one with the same address', () => {
    const rig = createRig({ accounts: new Map([['ann', 'secret']]) });
    const plain = `<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">${btoa('\0ann\0secret')}</auth>`;
    const wish = bind.replace('-bind"/>', '-bind"><resource>phone</resource></bind>');
    const older = rig.connect();
    older.send(open, plain, open, wish);
    const newer = rig.connect();
    const frames = newer.send(open, plain, open, wish);
    expect(frames.at(-1)).toContain('<jid>ann@meet.jitsi/phone</jid>');
    expect(older.take()[0]).toContain('<conflict ');
    expect(older.closed?.code).toBe(1000);
    expect(newer.send(ping)).toHaveLength(1);
  });

  it('ends with the server', () => {
    const rig = createRig();
    const [bound, fresh] = [rig.login(), rig.connect()];
    let reason = '';
    rig.focus.link.onClosed((why) => {
      reason = why;
    });
    rig.server.close();
    for (const client of [bound, fresh]) {
      expect(client.take().join('')).toContain('<system-shutdown ');
      expect(client.closed?.code).toBe(1000);
    }
    expect(reason).toBe('the server is shut down');
    expect(rig.clock.pending).toBe(0);
  });
});

describe('a lost connection', () => {
  function talk(): { rig: ReturnType<typeof createRig>; alice: ReturnType<typeof rig.login>; token: string } {
    const rig = createRig();
    rig.focus.enter('room');
    const alice = rig.login();
    const token = tokenOf(alice.send(enable));
    alice.enter('room');
    alice.send('<a xmlns="urn:xmpp:sm:3" h="4"/>');
    return { rig, alice, token };
  }

  it('can be resumed on another socket, and the room notices nothing', () => {
    const { rig, alice, token } = talk();
    const bob = rig.login();
    bob.enter('room');
    alice.send('<a xmlns="urn:xmpp:sm:3" h="5"/>');
    alice.lose();
    bob.send(
      `<message xmlns="jabber:client" type="groupchat" id="m" to="${roomJid('room')}"><body>hi</body></message>`,
    );
    const again = rig.connect({ room: 'room', previd: token });
    const [, , , , , resumed, missed, request] = again.send(
      open,
      auth,
      open,
      `<resume xmlns="urn:xmpp:sm:3" previd="${token}" h="5"/>`,
    );
    expectXml(resumed, `<resumed xmlns='urn:xmpp:sm:3' previd='${token}' h='1'/>`);
    expect(missed).toContain('<body>hi</body>');
    expect(missed).toContain(`<delay xmlns="urn:xmpp:delay" from="${alice.bareJid}"`);
    expectXml(request, "<r xmlns='urn:xmpp:sm:3'/>");
    expect(bob.take().filter((frame) => frame.includes('unavailable'))).toEqual([]);
    // The stream goes on: same address, counts continued.
    const [pong, count] = again.send(ping, '<r xmlns="urn:xmpp:sm:3"/>');
    expect(pong).toContain(`to="${alice.jid}"`);
    expectXml(count, "<a xmlns='urn:xmpp:sm:3' h='2'/>");
    expect(rig.clock.pending).toBe(0);
    // The old socket is nobody's.
    alice.lose();
    expect(again.send(ping)).not.toEqual([]);
  });

  it('can be resumed before the server has noticed the loss', () => {
    const { rig, alice, token } = talk();
    const again = rig.connect({ previd: token });
    const frames = again.send(open, auth, open, `<resume xmlns="urn:xmpp:sm:3" previd="${token}" h="4"/>`);
    expect(frames.join('')).toContain('<resumed ');
    expect(alice.closed?.code).toBe(1000);
  });

  it('is not resumed by anybody else', () => {
    const { rig, alice, token } = talk();
    alice.lose();
    const thief = rig.connect();
    const resume = `<resume xmlns="urn:xmpp:sm:3" previd="${token}" h="0"/>`;
    expectXml(
      thief.send(open, auth, open, resume).at(-1),
      `<failed xmlns='urn:xmpp:sm:3'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>`,
    );
    // It can bind a session of its own instead.
    expect(thief.send(bind).join('')).toContain('<jid>');
  });

  it('takes the participant out of the room after a minute', () => {
    const { rig, alice, token } = talk();
    alice.lose();
    rig.focus.take();
    rig.clock.advance(59_999);
    expect(rig.focus.take()).toEqual([]);
    rig.clock.advance(1);
    const [left = ''] = rig.focus.take();
    expect(left).toContain('type="unavailable"');
    expect(left).toContain('<status>Disconnected: Hibernating too long</status>');
    const late = rig.connect({ previd: token });
    const frames = late.send(open, auth, open, `<resume xmlns="urn:xmpp:sm:3" previd="${token}" h="0"/>`);
    expect(frames.at(-1)).toContain('<item-not-found ');
  });

  it('is remembered of an account when it is over: how far the server had got', () => {
    const rig = createRig({ accounts: new Map([['ann', 'secret']]) });
    const plain = `<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">${btoa('\0ann\0secret')}</auth>`;
    const ann = rig.connect();
    const token = tokenOf(ann.send(open, plain, open, bind, enable, ping));
    ann.lose();
    rig.clock.advance(60_000);
    const late = rig.connect({ previd: token });
    expectXml(
      late.send(open, plain, open, `<resume xmlns="urn:xmpp:sm:3" previd="${token}" h="0"/>`).at(-1),
      `<failed xmlns='urn:xmpp:sm:3' h='1'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>`,
    );
  });

  it('is succeeded in silence by one with its address', () => {
    const { rig, alice, token } = talk();
    const bob = rig.login();
    bob.enter('room');
    alice.lose();
    const again = rig.connect({ previd: token });
    const resource = alice.jid.slice(alice.jid.indexOf('/') + 1);
    const wish = bind.replace('-bind"/>', `-bind"><resource>${resource}</resource></bind>`);
    bob.take();
    expect(again.send(open, auth, open, wish).at(-1)).toContain(`<jid>${alice.jid}</jid>`);
    bob.send(
      `<message xmlns="jabber:client" type="groupchat" to="${roomJid('room')}"><body>x</body></message>`,
    );
    expect(again.take().join('')).toContain('<body>x</body>');
    rig.clock.advance(60_000);
    expect(bob.take().join('')).not.toContain('unavailable');
  });

  it('kicks who did not get what was said to them', () => {
    const { rig, alice } = talk();
    const bob = rig.login();
    bob.enter('room');
    alice.lose();
    rig.clock.advance(60_000);
    expectXml(
      bob
        .take()
        .at(-1)
        ?.replace(/<occupant-id[^>]*>/, ''),
      `<presence xmlns='jabber:client' type='unavailable' from='${roomJid('room')}/${alice.nick}' to='${bob.jid}'>` +
        `<status>Kicked: recipient unavailable</status><x xmlns='http://jabber.org/protocol/muc#user'><status code='333'/>` +
        `<item affiliation='none' role='none' jid='${alice.jid}'/></x></presence>`,
    );
  });

  it('is the end at once when there is no stream management', () => {
    const rig = createRig();
    rig.focus.enter('room');
    const alice = rig.login();
    alice.enter('room');
    rig.focus.take();
    alice.lose();
    expect(rig.focus.take()[0]).toContain('<status>Disconnected: connection closed</status>');
  });
});

describe('accounts and tokens', () => {
  const plain = (response: string): string =>
    `<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">${response}</auth>`;

  it('log in with a password; guests have a host of their own', () => {
    const rig = createRig({ accounts: new Map([['ann', 'pässword']]) });
    const bytes = String.fromCharCode(...new TextEncoder().encode('\0ann\0pässword'));
    const ann = rig.connect();
    expect(ann.send(open)[1]).toContain('<mechanism>PLAIN</mechanism>');
    expect(ann.send(plain(btoa(bytes)))[0]).toContain('<success ');
    expect(rig.connect().login('guest.meet.jitsi').jid).toMatch(/@guest\.meet\.jitsi\//);
  });

  it.each([
    ['wrong', btoa('\0ann\0other'), 'not-authorized'],
    ['unknown', btoa('\0bob\0secret'), 'not-authorized'],
    ['incomplete', btoa('ann'), 'malformed-request'],
    ['empty', '', 'malformed-request'],
    ['not base64', '%%%', 'incorrect-encoding'],
    ['not UTF-8', btoa('\0ann\0\xff'), 'incorrect-encoding'],
  ])('are refused when %s', (_, response, condition) => {
    const rig = createRig({ accounts: new Map([['ann', 'secret']]) });
    const client = rig.connect();
    client.send(open);
    expect(client.send(plain(response))[0]).toContain(
      `<failure xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><${condition}/>`,
    );
  });

  it.each([
    [undefined, 'token required'],
    ['other', 'Invalid signature'],
  ])('need the right token: %s', (token, text) => {
    const rig = createRig({ tokens: new Set(['right']) });
    const client = rig.connect(token === undefined ? {} : { token });
    expectXml(
      client.send(open, auth).at(-1),
      `<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-allowed/><text>${text}</text></failure>`,
    );
    expect(rig.login({ token: 'right' }).jid).not.toBe('');
  });
});

describe('the domain', () => {
  function ask(payload: string, to = 'meet.jitsi', type = 'get'): string | undefined {
    const rig = createRig({
      externalServices: [
        { type: 'stun', host: 'turn.test', port: '3478', transport: 'udp' },
        {
          type: 'turn',
          host: 'turn.test',
          port: '3478',
          transport: 'tcp',
          username: 'u',
          password: 'p',
          restricted: '1',
        },
      ],
    });
    const client = rig.login();
    const address = to === '' ? '' : ` to="${to}"`;
    return client
      .send(`<iq xmlns="jabber:client" type="${type}" id="q"${address}>${payload}</iq>`)[0]
      ?.replaceAll(client.jid, 'ME');
  }

  const result = (payload: string, from = 'meet.jitsi'): string =>
    `<iq xmlns='jabber:client' type='result' id='q' to='ME' from='${from}'>${payload}</iq>`;

  it('answers a ping', () => {
    expectXml(ask('<ping xmlns="urn:xmpp:ping"/>'), result(''));
  });

  it('names the components that work and the features it has', () => {
    expectXml(
      ask('<query xmlns="http://jabber.org/protocol/disco#info"/>'),
      result(
        `<query xmlns='http://jabber.org/protocol/disco#info'>` +
          `<identity category='component' type='room_metadata' name='metadata.meet.jitsi'/>` +
          `<identity category='component' type='speakerstats' name='speakerstats.meet.jitsi'/>` +
          `<identity category='component' type='end_conference' name='endconference.meet.jitsi'/>` +
          `<identity category='server' type='im' name='jitsi-headless sandbox'/>` +
          `<feature var='http://jabber.org/protocol/disco#info'/><feature var='http://jabber.org/protocol/disco#items'/>` +
          `<feature var='urn:xmpp:ping'/><feature var='urn:xmpp:extdisco:2'/><feature var='urn:xmpp:extdisco:1'/></query>`,
      ),
    );
    expect(ask('<query xmlns="http://jabber.org/protocol/disco#items"/>')).toContain(
      '<item jid="conference.meet.jitsi"/>',
    );
  });

  it.each(['urn:xmpp:extdisco:1', 'urn:xmpp:extdisco:2'])(
    'tells of external services, all or of a type: %s',
    (ns) => {
      const stun = `<service type='stun' host='turn.test' port='3478' transport='udp'/>`;
      const turn = `<service type='turn' host='turn.test' port='3478' transport='tcp' username='u' password='p' restricted='1'/>`;
      expectXml(
        ask(`<services xmlns="${ns}"/>`),
        result(`<services xmlns='${ns}'>${stun}${turn}</services>`),
      );
      expectXml(
        ask(`<services xmlns="${ns}" type="turn"/>`),
        result(`<services xmlns='${ns}'>${turn}</services>`),
      );
    },
  );

  it('takes a session request, which needs no address', () => {
    expectXml(
      ask('<session xmlns="urn:ietf:params:xml:ns:xmpp-session"/>', '', 'set'),
      `<iq xmlns='jabber:client' type='result' id='q' to='ME'/>`,
    );
  });

  it.each([
    ['<query xmlns="urn:unknown"/>', 'meet.jitsi', 'get'],
    ['<query xmlns="http://jabber.org/protocol/disco#info" node="x"/>', 'meet.jitsi', 'get'],
    ['<ping xmlns="urn:xmpp:ping"/>', 'meet.jitsi', 'set'],
    ['<ping xmlns="urn:xmpp:ping"/>', 'nobody@meet.jitsi/x', 'get'],
    ['<ping xmlns="urn:xmpp:ping"/>', 'lobby.meet.jitsi', 'get'],
  ])('does not answer %s to %s', (payload, to, type) => {
    expectXml(
      ask(payload, to, type),
      stanzaError('iq', `id='q' to='ME' from='${to}'`, { type: 'cancel', condition: 'service-unavailable' }),
    );
  });

  it('talks to no other servers', () => {
    expectXml(
      ask('<ping xmlns="urn:xmpp:ping"/>', 'example.org'),
      stanzaError('iq', `id='q' to='ME' from='example.org'`, {
        type: 'cancel',
        condition: 'not-allowed',
        text: 'Communication with remote domains is not enabled',
      }),
    );
  });

  it('answers errors and results with nothing', () => {
    const client = createRig().login();
    expect(
      client.send(
        '<iq xmlns="jabber:client" type="result" id="q" to="meet.jitsi"/>',
        '<iq xmlns="jabber:client" type="error" id="q" to="lobby.meet.jitsi"/>',
        '<message xmlns="jabber:client" type="error" to="nobody@meet.jitsi"/>',
        '<presence xmlns="jabber:client" to="nobody@meet.jitsi"/>',
      ),
    ).toEqual([]);
  });

  it('passes stanzas between clients by address', () => {
    const rig = createRig();
    const [alice, bob] = [rig.login(), rig.login()];
    alice.send(`<message xmlns="jabber:client" to="${bob.jid}"><body>x</body></message>`);
    expectXml(
      bob.take()[0],
      `<message xmlns='jabber:client' from='${alice.jid}' to='${bob.jid}' xml:lang='en'><body>x</body></message>`,
    );
  });

  it('takes somebody who says goodbye without an address out of the rooms', () => {
    const rig = createRig();
    rig.focus.enter('room');
    const alice = rig.login();
    alice.enter('room');
    rig.focus.take();
    const frames = alice.send('<presence xmlns="jabber:client" type="unavailable"/>');
    expect(frames[0]).toContain(`from="${roomJid('room')}/${alice.nick}"`);
    expect(frames[1]).toContain(`from="${alice.jid}"`);
    expect(rig.focus.take()[0]).toContain('type="unavailable"');
  });
});
