/** Requests for a conference and what else comes to the focus' address; answers as in the recordings 05, 11 and 12. */
import { describe, expect, it } from 'vitest';
import { child, childrenNamed, childText, elements } from '../../../../src/xml/element.ts';
import { serialize } from '../../../../src/xml/serialize.ts';
import { client, FocusRig, memberFeatures, refusalOf, room } from '../../../support/focus-rig.ts';

const focusNs = 'http://jitsi.org/protocol/focus';
const conference = (attrs: string): string => `<conference xmlns="${focusNs}" ${attrs}/>`;

describe('a conference request', () => {
  it('is answered once the focus is in the room, which it has configured', () => {
    const rig = new FocusRig();
    expect(rig.ask(conference(`room="${room}"`))).toBeUndefined();
    const join = rig.take(({ name }) => name === 'presence');
    expect(join?.attrs.to).toBe(`${room}/focus`);
    expect(join && child(join, 'x', 'http://jabber.org/protocol/muc')).toBeDefined();
    rig.presence('focus', {
      jid: 'focus@auth.meet.example/focus',
      affiliation: 'owner',
      role: 'moderator',
      statuses: [110],
    });
    const form = rig.take((stanza) => stanza.attrs.to === room);
    expect(form && serialize(form)).toContain('muc#roomconfig_whois');
    expect(rig.answerTo('ask-1')).toBeUndefined();
    if (form) rig.reply(form);
    const answer = rig.answerTo('ask-1');
    expect(answer && serialize(answer, 'jabber:client')).toBe(
      `<iq type="result" to="${client}" id="ask-1" from="focus.meet.example"><conference xmlns="${focusNs}" room="${room}" focusjid="focus@auth.meet.example" ready="true"><property name="authentication" value="false"/><property name="visitors-supported" value="false"/></conference></iq>`,
    );
  });

  it('is answered at once for a conference that exists', () => {
    const rig = new FocusRig();
    rig.open();
    expect(rig.ask(conference(`room="${room}" machine-uid="u"`))?.attrs.type).toBe('result');
    expect(rig.focus.conferences).toHaveLength(1);
  });

  it('is answered when the room cannot be configured by us', () => {
    const rig = new FocusRig();
    rig.ask(conference(`room="${room}"`));
    rig.presence('focus', { statuses: [110] });
    const form = rig.take((stanza) => stanza.attrs.to === room);
    if (form)
      rig.reply(
        form,
        '<error type="auth"><forbidden xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error>',
        'error',
      );
    expect(rig.answerTo('ask-1')?.attrs.type).toBe('result');
  });

  it('gets the room in lower case', () => {
    const rig = new FocusRig();
    rig.ask(conference(`room="${room.toUpperCase()}"`));
    rig.letIn();
    const answer = rig.answerTo('ask-1');
    expect(answer && child(answer, 'conference')?.attrs.room).toBe(room);
  });

  it("may be for a tenant's room", () => {
    const rig = new FocusRig();
    rig.ask(conference('room="standup@conference.acme.meet.example"'));
    expect(rig.outbox[0]?.attrs.to).toBe('standup@conference.acme.meet.example/focus');
  });

  it('is answered from the address that was asked', () => {
    const rig = new FocusRig();
    rig.open();
    const answer = rig.ask(conference(`room="${room}"`), { to: 'focus@auth.meet.example/focus' });
    expect(answer?.attrs.from).toBeUndefined();
  });

  it.each([
    ['on a foreign domain', 'room="x@elsewhere.test" machine-uid="u1"'],
    ['missing', ''],
    ['malformed', 'room="not a jid@@"'],
    ['a domain', 'room="conference.meet.example"'],
    ['an occupant', `room="${room}/nick"`],
    ['on a domain below a tenant', 'room="x@conference.a.b.meet.example"'],
    ['on the domain of an empty tenant', 'room="x@conference..meet.example"'],
  ])('gets no answer when its room is %s', (_, attrs) => {
    const rig = new FocusRig();
    expect(rig.ask(conference(attrs))).toBeUndefined();
    rig.clock.advance(60_000);
    expect(rig.outbox).toEqual([]);
    expect(rig.focus.conferences).toEqual([]);
  });

  it('of type get is refused with a copy', () => {
    const rig = new FocusRig();
    const answer = rig.ask(conference(`room="${room}"`), { type: 'get' });
    expect(refusalOf(answer)).toEqual({ type: 'cancel', condition: 'feature-not-implemented' });
    expect(answer && elements(answer).map(({ name }) => name)).toEqual(['error', 'conference']);
    expect(answer?.attrs.from).toBe('focus.meet.example');
  });

  it('gets no answer when the room keeps the focus out', () => {
    const rig = new FocusRig();
    rig.ask(conference(`room="${room}"`));
    rig.deliver(
      `<presence xmlns="jabber:client" type="error" from="${room}/focus"><error type="cancel"><not-allowed xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error></presence>`,
    );
    expect(rig.answerTo('ask-1')).toBeUndefined();
    expect(rig.focus.conferences).toEqual([]);
    expect(rig.clock.pending).toBe(0);
  });

  it('gets no answer when the room does not react', () => {
    const rig = new FocusRig({ timeouts: { conferenceStart: 100_000 } });
    rig.ask(conference(`room="${room}"`));
    rig.clock.advance(15_000);
    expect(rig.answerTo('ask-1')).toBeUndefined();
    expect(rig.focus.conferences).toEqual([]);
  });
});

describe('the HTTP form', () => {
  it('means the same', async () => {
    const rig = new FocusRig();
    const answer = rig.focus.conferenceRequest({
      room,
      properties: { rtcstatsEnabled: false, startAudioMuted: 9 },
    });
    rig.letIn();
    await expect(answer).resolves.toEqual({
      room,
      ready: true,
      focusJid: 'focus@auth.meet.example',
      properties: { authentication: 'false', 'visitors-supported': 'false' },
    });
  });

  it('rejects rooms that cannot be', async () => {
    const rig = new FocusRig();
    await expect(rig.focus.conferenceRequest({ room: 'x@elsewhere.test' })).rejects.toMatchObject({
      code: 'room-unusable',
    });
  });

  it('rejects when the room keeps the focus out', async () => {
    const rig = new FocusRig();
    const answer = rig.focus.conferenceRequest({ room });
    rig.presence('focus', { type: 'unavailable', role: 'none' });
    await expect(answer).rejects.toMatchObject({ code: 'room-refused', retryable: true });
  });
});

describe('what else comes to the focus', () => {
  it('refuses a message, without copying it', () => {
    const rig = new FocusRig();
    rig.deliver(
      `<message xmlns="jabber:client" from="${client}" to="focus.meet.example" id="m1"><body>hi</body></message>`,
    );
    const answer = rig.outbox[0];
    expect(answer && serialize(answer, 'jabber:client')).toBe(
      `<message type="error" from="focus.meet.example" to="${client}" id="m1"><error type="cancel"><feature-not-implemented xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error></message>`,
    );
  });

  it.each([
    ['an error', `<message xmlns="jabber:client" type="error" from="${client}" to="focus.meet.example"/>`],
    [
      'what is said in a room',
      `<message xmlns="jabber:client" type="groupchat" from="${room}/a" to="focus@auth.meet.example/focus"><body>hi</body></message>`,
    ],
  ])('does not answer %s', (_, message) => {
    const rig = new FocusRig();
    rig.deliver(message);
    expect(rig.outbox).toEqual([]);
  });

  it.each(['get', 'set'])('refuses an unknown %s with a copy', (type) => {
    const answer = new FocusRig().ask('<query xmlns="urn:example:nothing"/>', { type });
    expect(refusalOf(answer).condition).toBe('feature-not-implemented');
    expect(answer && elements(answer)[1]?.ns).toBe('urn:example:nothing');
  });

  it('answers pings', () => {
    expect(new FocusRig().ask('<ping xmlns="urn:xmpp:ping"/>', { type: 'get' })?.attrs.type).toBe('result');
  });

  it.each([undefined, 'http://jitsi.org/jicofo#x'])('answers disco#info about %s', (node) => {
    const attrs = node === undefined ? '' : ` node="${node}"`;
    const answer = new FocusRig().ask(`<query xmlns="http://jabber.org/protocol/disco#info"${attrs}/>`, {
      type: 'get',
    });
    const query = answer && child(answer, 'query');
    expect(query?.attrs.node).toBe(node);
    expect(query && childrenNamed(query, 'feature').map(({ attrs: { var: feature } }) => feature)).toContain(
      'https://jitsi.org/meet/jicofo/terminate-restart',
    );
  });

  it('drops answers to nothing', () => {
    const rig = new FocusRig();
    rig.deliver(`<iq xmlns="jabber:client" type="result" id="x" from="${client}"/>`);
    expect(rig.outbox).toEqual([]);
  });
});

describe('the occupancy of the room', () => {
  it('shows what a focus shows', () => {
    const rig = new FocusRig();
    rig.ask(conference(`room="${room}"`));
    const presence = rig.take(({ name }) => name === 'presence');
    if (!presence) throw new Error('no presence');
    expect(childText(presence, 'etherpad', 'http://jitsi.org/jitmeet/etherpad')).toBe('standup');
    expect(childText(presence, 'priority')).toBe('0');
    const versions = child(presence, 'versions', 'http://jitsi.org/jitmeet');
    expect(versions && child(versions, 'component')?.attrs.name).toBe('focus');
    const properties = child(presence, 'conference-properties', focusNs);
    expect(properties && childrenNamed(properties, 'property').map(({ attrs }) => attrs)).toEqual([
      { key: 'support-terminate-restart', value: 'true' },
    ]);
    expect(child(presence, 'c', 'http://jabber.org/protocol/caps')?.attrs.node).toBe(
      'http://jitsi.org/jicofo',
    );
  });

  it('ends when nobody comes for 15 s', () => {
    const rig = new FocusRig();
    rig.open();
    rig.clock.advance(14_999);
    expect(rig.focus.conferences).toHaveLength(1);
    rig.clock.advance(1);
    expect(rig.focus.conferences).toEqual([]);
    expect(rig.outbox.map(({ attrs }) => [attrs.type, attrs.to])).toEqual([['unavailable', `${room}/focus`]]);
  });

  it('is prolonged by another request, and for good by somebody who comes', () => {
    const rig = new FocusRig();
    rig.open();
    rig.clock.advance(10_000);
    rig.ask(conference(`room="${room}"`));
    rig.clock.advance(10_000);
    expect(rig.focus.conferences).toHaveLength(1);
    rig.join('aaaaaaaa');
    rig.clock.advance(100_000);
    expect(rig.focus.conferences).toHaveLength(1);
  });

  it('ends when the last member leaves', () => {
    const rig = new FocusRig();
    rig.open();
    rig.join('aaaaaaaa');
    rig.outbox.length = 0;
    rig.leave('aaaaaaaa');
    expect(rig.outbox.map(({ attrs }) => [attrs.type, attrs.to])).toEqual([['unavailable', `${room}/focus`]]);
    expect(rig.focus.conferences).toEqual([]);
  });

  it('ends without a word when the room is taken from it', () => {
    const rig = new FocusRig();
    rig.open();
    rig.join('aaaaaaaa');
    rig.outbox.length = 0;
    rig.presence('focus', { type: 'unavailable', role: 'none' });
    expect(rig.focus.conferences).toEqual([]);
    expect(rig.outbox).toEqual([]);
  });

  it('can begin again after it ended', () => {
    const rig = new FocusRig();
    rig.open();
    rig.clock.advance(15_000);
    rig.outbox.length = 0;
    expect(rig.open()?.attrs.type).toBe('result');
  });
});

describe('the owner of the room', () => {
  const grants = (rig: FocusRig): (string | undefined)[] => {
    const found: (string | undefined)[] = [];
    for (;;) {
      const iq = rig.take((stanza) => serialize(stanza).includes('muc#admin'));
      const query = iq && child(iq, 'query');
      const item = query && child(query, 'item');
      if (!iq || !item) return found;
      expect([iq.attrs.to, iq.attrs.type, item.attrs.affiliation]).toEqual([room, 'set', 'owner']);
      found.push(item.attrs.jid);
      rig.reply(iq);
    }
  };

  it('is who comes first, by bare real address', () => {
    const rig = new FocusRig();
    rig.open();
    rig.join('aaaaaaaa');
    rig.join('bbbbbbbb');
    expect(grants(rig)).toEqual(['aaaaaaaa-real@meet.example']);
    expect(rig.focus.conferences[0]?.owner).toBe('aaaaaaaa');
  });

  it('is the next one when the owner leaves', () => {
    const rig = new FocusRig();
    rig.open();
    for (const nick of ['aaaaaaaa', 'bbbbbbbb', 'cccccccc']) rig.join(nick);
    grants(rig);
    rig.leave('bbbbbbbb');
    expect(grants(rig)).toEqual([]);
    rig.leave('aaaaaaaa');
    expect(grants(rig)).toEqual(['cccccccc-real@meet.example']);
  });

  it('is whoever owns it already', () => {
    const rig = new FocusRig();
    rig.open();
    rig.presence('aaaaaaaa', { affiliation: 'owner', role: 'moderator' });
    expect(grants(rig)).toEqual([]);
    expect(rig.focus.conferences[0]?.owner).toBe('aaaaaaaa');
  });
});

describe('the end of the focus', () => {
  it('leaves the rooms and leaves no timer', async () => {
    const rig = new FocusRig();
    await rig.call({ aaaaaaaa: {}, bbbbbbbb: {} });
    await rig.focus.close();
    expect(rig.isClosed).toBe(true);
    expect(rig.outbox.map(({ attrs }) => [attrs.type, attrs.to])).toEqual([['unavailable', `${room}/focus`]]);
    expect(rig.clock.pending).toBe(0);
    expect(rig.bridge.endpoints.every(({ isExpired }) => isExpired)).toBe(true);
  });

  it('leaves media to the bridge when the connection is lost', async () => {
    const rig = new FocusRig();
    await rig.call({ aaaaaaaa: {}, bbbbbbbb: {} });
    rig.outbox.length = 0;
    rig.disconnect();
    expect(rig.focus.conferences).toEqual([]);
    expect(rig.clock.pending).toBe(0);
    expect(rig.outbox).toEqual([]);
    expect(rig.bridge.endpoints.map(({ isExpired }) => isExpired)).toEqual([false, false]);
  });

  it('invites nobody to what is over, whose features came late', async () => {
    const rig = new FocusRig();
    rig.open();
    rig.presence('aaaaaaaa', {});
    rig.presence('bbbbbbbb', {});
    rig.disconnect();
    rig.tellFeatures('aaaaaaaa', memberFeatures.json);
    rig.tellFeatures('bbbbbbbb', memberFeatures.json);
    await rig.settle();
    expect(rig.bridge.endpoints).toEqual([]);
  });
});
