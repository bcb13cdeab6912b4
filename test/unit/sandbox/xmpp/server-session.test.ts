import { describe, expect, it } from 'vitest';
import { deliveryOf } from '../../../../src/sandbox/xmpp/delivery.ts';
import { ServerSession } from '../../../../src/sandbox/xmpp/server-session.ts';
import type { ServerSessionOptions, SessionEffect } from '../../../../src/sandbox/xmpp/session-effects.ts';
import { parseXml } from '../../../../src/xml/parse.ts';
import { serialize } from '../../../../src/xml/serialize.ts';
import { canonicalXml } from '../../../support/canonical-xml.ts';
import { expectXml, stanzaError } from '../../../support/expect-xml.ts';
import { seededRandom } from '../../../support/random.ts';
import { auth, bind, close, enable, open } from '../../../support/xmpp-server-rig.ts';

const host = {
  domain: 'meet.jitsi',
  mechanism: 'ANONYMOUS',
  accounts: new Map<string, string>(),
  tokens: new Set<string>(),
} as const;

function session(options: Partial<ServerSessionOptions> = {}): ServerSession {
  return new ServerSession({
    hosts: new Map([[host.domain, host]]),
    info: {
      identities: [{ category: 'component', type: 'room_metadata', name: 'metadata.meet.jitsi' }],
      features: ['urn:xmpp:ping'],
      forms: [],
    },
    query: {},
    random: seededRandom(1),
    resumptionTime: 60,
    resumableUser: () => undefined,
    ...options,
  });
}

/** A session that has got as far as these frames bring it. */
function after(...frames: readonly string[]): ServerSession {
  const made = session();
  for (const frame of frames) made.receive(frame);
  return made;
}

const bound = [open, auth, open, bind];

function sent(effects: readonly SessionEffect[]): string[] {
  return effects.flatMap((effect) => (effect.type === 'send' ? [effect.frame] : []));
}

function others(effects: readonly SessionEffect[]): SessionEffect[] {
  return effects.filter(({ type }) => type !== 'send');
}

function expectEndWith(effects: readonly SessionEffect[], error: string): void {
  expectXml(sent(effects).at(-2), error);
  expect(sent(effects).at(-1)).toBe('<close xmlns="urn:ietf:params:xml:ns:xmpp-framing" />');
  expect(others(effects)[0]).toEqual({ type: 'closeSocket', code: 1000, reason: 'Stream closed' });
  expect(others(effects).at(-1)).toMatchObject({ type: 'ended' });
}

function streamError(condition: string, text?: string): string {
  const words = text === undefined ? '' : `<text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>${text}</text>`;
  return (
    `<stream:error xmlns:stream='http://etherx.jabber.org/streams'>` +
    `<${condition} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>${words}</stream:error>`
  );
}

describe('opening', () => {
  it('answers with an opening frame and the mechanisms, each a document of its own', () => {
    const [opened = '', features] = sent(session().receive(open));
    expect(opened).toMatch(/^<open /);
    expect(canonicalXml(opened)).toMatchObject({ name: '{urn:ietf:params:xml:ns:xmpp-framing}open' });
    expect(opened).toContain('from="meet.jitsi"');
    expect(opened).toContain('version="1.0"');
    expectXml(
      features,
      `<stream:features xmlns:stream='http://etherx.jabber.org/streams'><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>` +
        `<mechanism>ANONYMOUS</mechanism></mechanisms></stream:features>`,
    );
  });

  it('does not serve other hosts', () => {
    const effects = session().receive(open.replace('meet.jitsi', 'elsewhere.test'));
    expect(sent(effects)[0]).toContain('from="elsewhere.test"');
    expectEndWith(effects, streamError('host-unknown', 'This server does not serve elsewhere.test'));
  });

  it('wants to know which host is meant', () => {
    const effects = session().receive('<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" version="1.0"/>');
    expect(sent(effects)[0]).toMatch(/^<open /);
    expectEndWith(
      effects,
      streamError('improper-addressing', "A 'to' attribute is required on stream headers"),
    );
  });

  it.each([auth, bind, close])('takes nothing before it: %s', (frame) => {
    const effects = session().receive(frame);
    expect(sent(effects)[0]).toMatch(/^<open /);
    expectEndWith(effects, streamError('invalid-namespace'));
  });

  it('happens twice, with the same host, and not a third time', () => {
    const other = after(open, auth).receive(open.replace('meet.jitsi', 'guest.meet.jitsi'));
    expectEndWith(
      other,
      streamError('not-authorized', "The 'to' attribute must remain the same across stream restarts"),
    );
    expectEndWith(after(...bound).receive(open), streamError('unsupported-stanza-type'));
  });
});

describe('frames', () => {
  it.each([
    ['not well-formed', '<iq type="get" <<<'],
    ['two stanzas', '<presence xmlns="jabber:client"/><presence xmlns="jabber:client"/>'],
    ['a document type', '<!DOCTYPE iq><presence xmlns="jabber:client"/>'],
    ['a processing instruction', '<?php ?><presence xmlns="jabber:client"/>'],
    ['a comment', '<presence xmlns="jabber:client"><!-- --></presence>'],
    ['no element', 'hello'],
    ['too deep', '<a>'.repeat(100) + '</a>'.repeat(100)],
    ['an undeclared prefix', '<x:presence/>'],
  ])('are refused: %s', (_, frame) => {
    expectEndWith(after(...bound).receive(frame), streamError('not-well-formed'));
  });

  it.each([
    [
      'a stanza without namespace',
      '<iq type="get" id="q1" to="meet.jitsi"><ping xmlns="urn:xmpp:ping"/></iq>',
    ],
    ['something else of the client namespace', '<query xmlns="jabber:client"/>'],
    ['another namespace', '<presence xmlns="jabber:server"/>'],
    ['an acknowledgement that nobody enabled', '<a xmlns="urn:xmpp:sm:3" h="0"/>'],
    ['a request for one', '<r xmlns="urn:xmpp:sm:3"/>'],
    ['authentication once more', auth],
  ])('are refused: %s', (_, frame) => {
    expectEndWith(after(...bound).receive(frame), streamError('unsupported-stanza-type'));
  });

  it('have a size, smaller before authentication', () => {
    const large = `<presence xmlns="jabber:client"><a>${'x'.repeat(20_000)}</a></presence>`;
    const larger = `<presence xmlns="jabber:client"><a>${'x'.repeat(600_000)}</a></presence>`;
    const error = streamError('policy-violation', 'stanza too large');
    expectEndWith(after(open).receive(large), error);
    expect(others(after(...bound).receive(large))).toMatchObject([{ type: 'route' }]);
    expectEndWith(after(...bound).receive(larger), error);
  });

  it('carry the last count when the stream ends in an error', () => {
    const made = after(...bound, enable, '<presence xmlns="jabber:client"/>');
    const [count] = sent(made.receive('<iq/>'));
    expectXml(count, "<a xmlns='urn:xmpp:sm:3' h='1'/>");
  });

  it('mean nothing once the stream has ended', () => {
    const made = after(...bound, close);
    expect(made.receive(open)).toEqual([]);
    expect(made.receive('<<<')).toEqual([]);
    expect(made.disconnected()).toEqual([]);
    expect(made.deliver(deliveryOf(parseXml('<message xmlns="jabber:client"/>')), 0)).toEqual([]);
  });
});

describe('authentication', () => {
  it('gives guests a user name that is a UUID', () => {
    const made = after(open);
    expectXml(sent(made.receive(auth))[0], "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
    expect(made.state).toMatchObject({ name: 'restarting', username: expect.stringMatching(/^[\da-f]{8}-/) });
  });

  it('refuses another mechanism and then takes the right one', () => {
    const made = after(open);
    const plain = '<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">AGEAYg==</auth>';
    expectXml(
      sent(made.receive(plain))[0],
      "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><invalid-mechanism/></failure>",
    );
    expect(sent(made.receive(auth))[0]).toContain('<success ');
  });

  it('has one step', () => {
    const made = after(open);
    expectXml(
      sent(made.receive('<response xmlns="urn:ietf:params:xml:ns:xmpp-sasl"/>'))[0],
      "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/><text>Out of order SASL element</text></failure>",
    );
    expectXml(
      sent(made.receive('<abort xmlns="urn:ietf:params:xml:ns:xmpp-sasl"/>'))[0],
      "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><aborted/></failure>",
    );
    expectEndWith(
      made.receive('<success xmlns="urn:ietf:params:xml:ns:xmpp-sasl"/>'),
      streamError('unsupported-stanza-type'),
    );
  });

  it('takes the user name of the stream that is to be resumed', () => {
    const made = session({
      query: { previd: 'abc' },
      resumableUser: (id) => (id === 'abc' ? 'old' : undefined),
    });
    made.receive(open);
    made.receive(auth);
    expect(made.state).toMatchObject({ username: 'old' });
  });

  it('comes before stanzas', () => {
    const ping =
      '<iq xmlns="jabber:client" type="get" id="p" to="meet.jitsi"><ping xmlns="urn:xmpp:ping"/></iq>';
    expectXml(
      sent(after(open).receive(ping))[0],
      stanzaError('iq', "id='p' from='meet.jitsi'", { type: 'cancel', condition: 'service-unavailable' }),
    );
    expectXml(
      sent(after(open).receive(bind))[0],
      stanzaError('iq', "id='bind'", {
        type: 'auth',
        condition: 'not-authorized',
        text: 'Cannot bind resource before authentication',
      }),
    );
  });
});

describe('binding', () => {
  it('offers it, sessions and stream management', () => {
    const features = sent(after(open, auth).receive(open))[1] ?? '';
    expect(canonicalXml(features).children.map((child) => typeof child === 'object' && child.name)).toEqual([
      '{urn:ietf:params:xml:ns:xmpp-bind}bind',
      '{urn:ietf:params:xml:ns:xmpp-session}session',
      '{http://jabber.org/protocol/caps}c',
      '{urn:xmpp:sm:3}sm',
    ]);
  });

  it('tells of the services before it answers', () => {
    const effects = after(open, auth, open).receive(bind);
    const [{ jid } = { jid: '' }] = effects.flatMap((effect) => (effect.type === 'bound' ? [effect] : []));
    expect(jid).toMatch(/^[\da-f-]{36}@meet\.jitsi\/\w{12}$/);
    const [discovery, result] = sent(effects);
    expectXml(
      discovery,
      `<message xmlns='jabber:client' from='meet.jitsi' to='${jid}'><query xmlns='http://jabber.org/protocol/disco#info'>` +
        `<identity category='component' type='room_metadata' name='metadata.meet.jitsi'/></query></message>`,
    );
    expectXml(
      result,
      `<iq xmlns='jabber:client' type='result' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>${jid}</jid></bind></iq>`,
    );
  });

  it('takes the resource that the client wants', () => {
    const wish = bind.replace(/<bind.*\/>/, (element) =>
      element.replace('/>', '><resource>r</resource></bind>'),
    );
    expect(after(open, auth, open, wish).state).toMatchObject({
      jid: expect.stringMatching(/@meet\.jitsi\/r$/),
    });
  });

  it('happens once', () => {
    const made = after(...bound);
    expectXml(
      sent(made.receive(bind))[0]?.replace(/ (from|to)="[^"]*"/g, ''),
      stanzaError('iq', "id='bind'", {
        type: 'cancel',
        condition: 'not-allowed',
        text: 'Cannot bind multiple resources on a single connection',
      }),
    );
  });

  it('comes before other stanzas', () => {
    const presence = '<presence xmlns="jabber:client" to="r@conference.meet.jitsi/n"/>';
    expectXml(
      sent(after(open, auth, open).receive(presence))[0],
      stanzaError('presence', "from='r@conference.meet.jitsi/n'", {
        type: 'cancel',
        condition: 'service-unavailable',
      }),
    );
  });
});

describe('stanzas', () => {
  function route(frame: string): string | undefined {
    return after(...bound)
      .receive(frame)
      .flatMap((effect) => (effect.type === 'route' ? [serialize(effect.stanza)] : []))[0];
  }

  it('are stamped with the sender, whatever they say, and a language', () => {
    expect(route('<message xmlns="jabber:client" from="other@x/y" to="a@b"/>')).toMatch(
      /from="[\da-f-]{36}@meet\.jitsi\/\w+" to="a@b" xml:lang="en"/,
    );
  });

  it('go to addresses without regard to case, except the resource', () => {
    expect(route('<message xmlns="jabber:client" to="Room@Conference.meet.jitsi/Nick"/>')).toContain(
      'to="room@conference.meet.jitsi/Nick"',
    );
  });

  it.each([
    ['type="nonsense" id="i"', '<ping xmlns="urn:xmpp:ping"/>', 'Invalid IQ type'],
    ['id="i"', '<ping xmlns="urn:xmpp:ping"/>', 'Invalid IQ type'],
    ['type="get"', '<ping xmlns="urn:xmpp:ping"/>', "Missing required 'id' attribute"],
    ['type="get" id="i"', '', 'Incorrect number of children for IQ stanza'],
    ['type="set" id="i"', '<a xmlns="x"/><b xmlns="x"/>', 'Incorrect number of children for IQ stanza'],
  ])('are refused as requests when incomplete: %s', (attributes, children, text) => {
    const [reply = ''] = sent(
      after(...bound).receive(`<iq xmlns="jabber:client" to="meet.jitsi" ${attributes}>${children}</iq>`),
    );
    const id = attributes.includes('id=') ? "id='i'" : '';
    expectXml(
      reply,
      stanzaError('iq', `${id} from='meet.jitsi'`, { type: 'modify', condition: 'bad-request', text }),
    );
  });

  it.each(['@b', 'a@', 'a b@c', '/x', 'a@b/', `${'a'.repeat(1100)}@b`])(
    'need a possible address: %s',
    (to) => {
      const [reply = ''] = sent(
        after(...bound).receive(`<message xmlns="jabber:client" id="m" to="${to}"/>`),
      );
      expect(reply).toContain('<jid-malformed ');
      expect(reply).toContain(`The destination address is invalid: ${to}`);
      expect(after(...bound).receive(`<message xmlns="jabber:client" type="error" to="${to}"/>`)).toEqual([]);
    },
  );
});

describe('stream management', () => {
  const stanza = deliveryOf(
    parseXml('<message xmlns="jabber:client" from="a@b" to="me"><body>x</body></message>'),
  );
  const ping =
    '<iq xmlns="jabber:client" type="get" id="p" to="meet.jitsi"><ping xmlns="urn:xmpp:ping"/></iq>';

  it('counts stanzas from the enabling on, and nothing else', () => {
    const made = after(...bound, ping, enable, ping, '<r xmlns="urn:xmpp:sm:3"/>', ping);
    expectXml(sent(made.receive('<r xmlns="urn:xmpp:sm:3"/>'))[0], "<a xmlns='urn:xmpp:sm:3' h='2'/>");
  });

  it('counts a stanza that is refused', () => {
    const made = after(...bound, enable, '<iq xmlns="jabber:client"/>');
    expectXml(sent(made.receive('<r xmlns="urn:xmpp:sm:3"/>'))[0], "<a xmlns='urn:xmpp:sm:3' h='1'/>");
  });

  it('names what can be resumed with word characters, and only on request', () => {
    const [enabled = ''] = sent(after(...bound).receive(enable));
    expect(enabled).toMatch(/^<enabled xmlns="urn:xmpp:sm:3" id="\w+" resume="true" max="60"\/>$/);
    expectXml(
      sent(after(...bound).receive('<enable xmlns="urn:xmpp:sm:3"/>'))[0],
      "<enabled xmlns='urn:xmpp:sm:3'/>",
    );
  });

  it.each([
    ['before authentication', [open], 'service-unavailable'],
    ['before binding', [open, auth, open], 'unexpected-request'],
    ['twice', [...bound, enable], 'unexpected-request'],
  ])('is not enabled %s', (_, frames, condition) => {
    expectXml(
      sent(after(...frames).receive(enable))[0],
      `<failed xmlns='urn:xmpp:sm:3'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>`,
    );
  });

  it('asks when more than five stanzas lack an acknowledgement, once', () => {
    const made = after(...bound, enable);
    const frames = Array.from({ length: 12 }, () => sent(made.deliver(stanza, 0))).flat();
    expect(frames.flatMap((frame, index) => (frame.startsWith('<r ') ? [index] : []))).toEqual([6]);
    // Six were sent since: it asks again as soon as it is answered.
    expect(sent(made.receive('<a xmlns="urn:xmpp:sm:3" h="6"/>'))).toEqual(['<r xmlns="urn:xmpp:sm:3"/>']);
    expect(sent(made.receive('<a xmlns="urn:xmpp:sm:3" h="12"/>'))).toEqual([]);
  });

  it.each([
    ['h="3"', 'undefined-condition', 'Client acknowledged more stanzas than sent by server'],
    ['h="0"', 'undefined-condition', 'Client acknowledged less stanzas than already acknowledged'],
    ['', 'invalid-xml', "Missing or invalid 'h' attribute"],
    ['h="-1"', 'invalid-xml', "Missing or invalid 'h' attribute"],
    ['h="1e3"', 'invalid-xml', "Missing or invalid 'h' attribute"],
  ])('does not take the acknowledgement %s', (h, condition, text) => {
    const made = after(...bound, enable);
    made.deliver(stanza, 0);
    made.deliver(stanza, 0);
    made.receive('<a xmlns="urn:xmpp:sm:3" h="1"/>');
    expectEndWith(made.receive(`<a xmlns="urn:xmpp:sm:3" ${h}/>`), streamError(condition, text));
  });

  it('keeps a session whose connection is lost, and what it is sent, for the next connection', () => {
    const made = after(...bound, enable);
    made.deliver(stanza, 0);
    made.receive('<a xmlns="urn:xmpp:sm:3" h="1"/>');
    const id = made.resumptionId;
    expect(made.disconnected()).toEqual([{ type: 'hibernated' }]);
    expect(made.deliver(stanza, 1_790_000_000_999)).toEqual([]);
    const { jid } = made.state as { jid: string };
    const frames = sent(made.resume('1'));
    expectXml(frames[0], `<resumed xmlns='urn:xmpp:sm:3' h='0' previd='${id}'/>`);
    expectXml(
      frames[1],
      `<message xmlns='jabber:client' from='a@b' to='me'><body>x</body>` +
        `<delay xmlns='urn:xmpp:delay' from='${jid.split('/')[0]}' stamp='2026-09-21T14:13:20Z'/></message>`,
    );
    expectXml(frames[2], "<r xmlns='urn:xmpp:sm:3'/>");
    expect(made.receive('<a xmlns="urn:xmpp:sm:3" h="2"/>')).toEqual([]);
  });

  it('cannot resume what was acknowledged wrongly', () => {
    const made = after(...bound, enable);
    const id = made.resumptionId;
    made.disconnected();
    const effects = made.resume('many');
    expectXml(sent(effects)[0], `<failed xmlns='urn:xmpp:sm:3' h='0' previd='${id}'/>`);
    expectEndWith(effects, streamError('invalid-xml', "Missing or invalid 'h' attribute"));
  });

  it('resumes with nothing to say again when the client claims to have more than was sent', () => {
    const made = after(...bound, enable);
    made.deliver(stanza, 0);
    made.disconnected();
    const frames = sent(made.resume('999'));
    expect(frames.map((frame) => /^<(\w+)/.exec(frame)?.[1])).toEqual(['resumed', 'r']);
  });

  it('returns what was never delivered when nobody resumes', () => {
    const made = after(...bound, enable);
    made.deliver(stanza, 0);
    made.disconnected();
    const [returned, ended] = made.expire();
    expectXml(
      returned?.type === 'route' ? serialize(returned.stanza) : undefined,
      stanzaError('message', "from='me' to='a@b'", { type: 'cancel', condition: 'recipient-unavailable' }),
    );
    expect(ended).toEqual({ type: 'ended', status: 'Disconnected: Hibernating too long' });
    expect(made.expire()).toEqual([]);
  });

  it('does not keep a session that cannot be resumed', () => {
    const ended = [{ type: 'ended', status: 'Disconnected: connection closed' }];
    expect(after(...bound).disconnected()).toEqual(ended);
    expect(after(...bound, '<enable xmlns="urn:xmpp:sm:3"/>').disconnected()).toEqual(ended);
    expect(after(open).disconnected()).toEqual(ended);
    const lagging = after(...bound, enable);
    for (let count = 0; count < 501; count += 1) lagging.deliver(stanza, 0);
    expect(lagging.resumptionId).toBeUndefined();
    expect(lagging.disconnected().at(-1)).toEqual(ended[0]);
  });

  it('refuses to resume the unknown, and in the wrong place', () => {
    const resume = '<resume xmlns="urn:xmpp:sm:3" previd="nope" h="0"/>';
    expect(after(open, auth, open).receive(resume)).toEqual([{ type: 'resume', id: 'nope', h: '0' }]);
    const failed = (condition: string): string =>
      `<failed xmlns='urn:xmpp:sm:3'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>`;
    expectXml(sent(after(open, auth, open).refuseResumption())[0], failed('item-not-found'));
    expectXml(sent(after(...bound).receive(resume))[0], failed('unexpected-request'));
    expectXml(sent(after(open).receive(resume))[0], failed('item-not-found'));
  });
});

describe('closing', () => {
  it('answers with the count, a close in the one spelling that browsers take, and the end', () => {
    const effects = after(...bound, enable).receive(close);
    expect(sent(effects)).toEqual([
      '<a xmlns="urn:xmpp:sm:3" h="0"/>',
      '<close xmlns="urn:ietf:params:xml:ns:xmpp-framing" />',
    ]);
    expect(others(effects)).toEqual([
      { type: 'closeSocket', code: 1000, reason: 'Stream closed' },
      { type: 'ended', status: undefined },
    ]);
  });

  it('tells clients of a shutdown', () => {
    expectEndWith(after(...bound).fail('system-shutdown'), streamError('system-shutdown'));
  });
});
