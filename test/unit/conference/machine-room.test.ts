import { describe, expect, it } from 'vitest';
import { child, elements, text } from '../../../src/xml/element.ts';
import { MachineHarness } from '../../support/machine-harness.ts';

function inTheRoom(options: ConstructorParameters<typeof MachineHarness>[0] = {}): MachineHarness {
  const run = new MachineHarness(options);
  run.join();
  return run;
}

const item = (attributes: string, content = ''): string =>
  `<x xmlns="http://jabber.org/protocol/muc#user"><item ${attributes}>${content}</item>`;

const offer = (sid: string): string =>
  `<jingle xmlns="urn:xmpp:jingle:1" action="session-initiate" sid="${sid}" initiator="focus@auth.meet.test/focus">` +
  '<content name="audio" creator="initiator" senders="both"><description xmlns="urn:xmpp:jingle:apps:rtp:1" media="audio"/></content>' +
  '<bridge-session xmlns="http://jitsi.org/protocol/focus" id="b1"/></jingle>';

function jingleFrom(run: MachineHarness, nick: string, content: string, id = 'j1'): void {
  run.frame(
    `<iq xmlns="jabber:client" type="set" id="${id}" from="${run.room}/${nick}" to="${run.jid}">${content}</iq>`,
  );
}

describe('a server that restarts', () => {
  it('is a lost connection, not being put out', () => {
    const run = inTheRoom();
    const status = '<status>Kicked: recipient unavailable</status>';
    const x = `${item('affiliation="none" role="none"')}<status code="110"/><status code="333"/></x>`;
    run.presence('3f9c21ab', status + x, 'unavailable');
    run.frame('<close xmlns="urn:ietf:params:xml:ns:xmpp-framing"/>');
    expect(run.ended).toMatchObject({
      reason: 'connection-lost',
      error: { kind: 'connection', code: 'connection-lost', retryable: true },
    });
  });
});

describe('being put out of the room', () => {
  const cases: [string, string, object][] = [
    [
      'a kick',
      `${item('affiliation="none" role="none"', '<actor nick="abc"/><reason>bye</reason>')}<status code="307"/><status code="110"/></x>`,
      { reason: 'kicked', text: 'bye', actor: 'abc' },
    ],
    [
      'a ban',
      `${item('affiliation="outcast" role="none"')}<status code="301"/><status code="110"/></x>`,
      { reason: 'banned' },
    ],
    [
      'a lobby that was switched on',
      `${item('affiliation="none" role="none"')}<status code="322"/><status code="110"/></x>`,
      { reason: 'removed' },
    ],
    [
      'an end without a word',
      `${item('affiliation="none" role="none"')}<status code="110"/></x>`,
      { reason: 'removed' },
    ],
    [
      'the end of the room',
      `${item('affiliation="none" role="none"')}<destroy jid="next@conference.meet.test"><reason>over</reason></destroy><status code="110"/></x>`,
      { reason: 'destroyed', text: 'over', alternativeRoom: 'next@conference.meet.test' },
    ],
  ];
  it.each(cases)('by %s ends the conference with the reason', (_, content, info) => {
    const run = inTheRoom();
    run.presence('3f9c21ab', content, 'unavailable');
    expect(run.machine.state).toMatchObject({ name: 'closing', info });
    expect(run.last('close')).toBeDefined();
    run.frame('<close xmlns="urn:ietf:params:xml:ns:xmpp-framing"/>');
    expect(run.ended).toEqual(info);
    expect(run.machine.nextTimeout()).toBeUndefined();
  });

  it('is not a change of nick', () => {
    const run = inTheRoom();
    run.presence(
      '3f9c21ab',
      `${item('affiliation="none" role="none" nick="newnick"')}<status code="303"/><status code="110"/></x>`,
      'unavailable',
    );
    run.enter('newnick');
    expect(run.machine.state.name).toBe('joined');
    expect(run.machine.room?.occupantJid).toBe(`${run.room}/newnick`);
  });

  it('is not an unavailable presence that must be ignored', () => {
    const run = inTheRoom();
    run.occupant('77d0e5c4');
    run.presence(
      '77d0e5c4',
      `<ignore xmlns="http://jitsi.org/jitmeet/"/>${item('affiliation="none" role="none"')}</x>`,
      'unavailable',
    );
    expect(run.payloads('participantLeft')).toEqual([]);
  });
});

describe('leaving', () => {
  it('says goodbye to the room, waits for it, and closes the stream', () => {
    const run = inTheRoom();
    run.input({ type: 'leave', reason: 'done here' });
    const goodbye = run.last('presence');
    expect(goodbye.attrs).toMatchObject({ type: 'unavailable', to: `${run.room}/3f9c21ab` });
    expect(text(child(goodbye, 'status') as never)).toBe('done here');
    run.presence(
      '3f9c21ab',
      `${item('affiliation="none" role="none"')}<status code="110"/></x>`,
      'unavailable',
    );
    expect(run.sent.slice(-2).map(({ name, attrs }) => `${name} ${attrs.type ?? ''}`)).toEqual([
      'presence unavailable',
      'close ',
    ]);
    run.input({ type: 'socket-closed', reason: 'gone' });
    expect(run.ended).toEqual({ reason: 'left' });
  });

  it('does not wait for ever for a room or a server that does not answer', () => {
    const run = inTheRoom();
    run.input({ type: 'leave' });
    run.advance(2_999);
    expect(run.machine.state.name).toBe('leaving');
    run.advance(1);
    expect(run.machine.state.name).toBe('closing');
    run.advance(2_000);
    expect(run.ended).toEqual({ reason: 'left' });
  });

  it('is possible at any time', () => {
    for (const steps of [0, 1, 2, 3]) {
      const run = new MachineHarness();
      const all = [() => run.discover(), () => run.login(), () => run.focusSays()];
      for (const step of all.slice(0, steps)) step();
      run.input({ type: 'leave' });
      run.advance(10_000);
      expect(run.ended, `after ${steps} steps`).toEqual({ reason: 'left' });
      run.input({ type: 'leave' });
    }
  });

  it('is reported as lost when the connection goes, and pending requests fail with it', () => {
    const run = inTheRoom();
    run.input({ type: 'socket-closed', reason: 'the socket broke' });
    expect(run.ended).toMatchObject({
      reason: 'connection-lost',
      error: { code: 'connection-lost', retryable: true },
    });
  });
});

describe('requests of others', () => {
  it('are answered or refused, never ignored', () => {
    const run = inTheRoom();
    const ask = (payload: string): string => {
      run.frame(
        `<iq xmlns="jabber:client" type="get" id="q1" from="${run.room}/focus" to="${run.jid}">${payload}</iq>`,
      );
      const answer = run.last('iq');
      expect(answer.attrs).toMatchObject({ id: 'q1', to: `${run.room}/focus` });
      return `${answer.attrs.type} ${elements(answer)[0]?.name ?? ''} ${elements(answer)[0]?.attrs.node ?? ''}`.trim();
    };
    expect(ask('<ping xmlns="urn:xmpp:ping"/>')).toBe('result');
    expect(ask('<query xmlns="http://jabber.org/protocol/disco#info"/>')).toBe('result query');
    expect(
      ask('<query xmlns="http://jabber.org/protocol/disco#info" node="https://jitsi.org/jitsi-meet#x"/>'),
    ).toBe('result query https://jitsi.org/jitsi-meet#x');
    expect(ask('<query xmlns="urn:example:nothing"/>')).toBe('error error');
  });

  it('to mute us come from the focus only', () => {
    const run = inTheRoom();
    const mute = `<mute xmlns="http://jitsi.org/jitmeet/audio" actor="${run.room}/77d0e5c4">true</mute>`;
    jingleFrom(run, '77d0e5c4', mute);
    expect(run.last('iq').attrs.type).toBe('error');
    jingleFrom(run, 'focus', mute);
    expect(run.last('iq').attrs.type).toBe('result');
    expect(run.payloads('muted')).toEqual([{ mediaType: 'audio', actor: '77d0e5c4' }]);
  });
});

describe('questions to the deployment', () => {
  it('about STUN and TURN are asked with the older namespace where the newer one is refused', () => {
    const run = new MachineHarness();
    run.discover();
    run.login();
    const namespaces = (): (string | undefined)[] =>
      run.sent.flatMap((element) =>
        elements(element)
          .filter(({ name }) => name === 'services')
          .map(({ ns }) => ns),
      );
    expect(namespaces()).toEqual(['urn:xmpp:extdisco:2']);
    run.answer(
      'services',
      'error',
      '<error type="cancel"><feature-not-implemented xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error>',
    );
    expect(namespaces()).toEqual(['urn:xmpp:extdisco:2', 'urn:xmpp:extdisco:1']);
    run.answer(
      'services',
      'result',
      '<services xmlns="urn:xmpp:extdisco:1"><service type="stun" host="s.test" port="1"/></services>',
    );
    expect(run.machine.services.iceServers).toEqual([{ urls: 'stun:s.test:1' }]);
  });
});

describe('media sessions', () => {
  it('are offered by the focus, updated, and ended', () => {
    const run = inTheRoom();
    jingleFrom(run, 'focus', offer('s1'));
    expect(run.last('iq').attrs).toMatchObject({ type: 'result', id: 'j1' });
    jingleFrom(
      run,
      'focus',
      '<jingle xmlns="urn:xmpp:jingle:1" action="source-add" sid="s1"><json-message xmlns="http://jitsi.org/jitmeet">{"sources":{"abc":[[],[],[{"s":5,"n":"abc-a0"}]]}}</json-message></jingle>',
    );
    expect(run.payloads('sourcesAdded')[0]?.session.sources.get(5)).toMatchObject({
      owner: 'abc',
      name: 'abc-a0',
    });
    jingleFrom(
      run,
      'focus',
      '<jingle xmlns="urn:xmpp:jingle:1" action="session-terminate" sid="s1"><reason><expired/><text>Idle session timeout</text></reason></jingle>',
    );
    expect(run.payloads('sessionEnded')).toMatchObject([
      { end: { reason: 'expired', text: 'Idle session timeout', by: 'focus' } },
    ]);
    jingleFrom(run, 'focus', '<jingle xmlns="urn:xmpp:jingle:1" action="source-add" sid="s1"/>');
    expect(JSON.stringify(run.last('iq'))).toContain('unknown-session');
  });

  it('replace each other', () => {
    const run = inTheRoom();
    jingleFrom(run, 'focus', offer('s1'));
    jingleFrom(run, 'focus', offer('s1'), 'j2');
    expect(run.last('iq').attrs).toMatchObject({ type: 'error', id: 'j2' });
    jingleFrom(run, 'focus', offer('s2'));
    expect(run.payloads('sessionEnded')).toMatchObject([
      { session: { sid: 's1' }, end: { reason: 'replaced' } },
    ]);
  });

  it('are declined when nobody wants them, without asking for another', () => {
    const run = inTheRoom({ offers: 'decline' });
    jingleFrom(run, 'focus', offer('s1'));
    const answers = run.sent
      .filter(({ name, attrs }) => name === 'iq' && attrs.to === `${run.room}/focus`)
      .slice(-2);
    expect(answers[0]?.attrs).toMatchObject({ type: 'result', id: 'j1' });
    const terminate = elements(answers[1] as never)[0];
    expect(terminate?.attrs).toMatchObject({ action: 'session-terminate', sid: 's1' });
    expect(elements(child(terminate as never, 'reason') as never).map(({ name }) => name)).toEqual([
      'decline',
      'text',
    ]);
    expect(child(terminate as never, 'bridge-session')?.attrs).toEqual({ id: 'b1', restart: 'false' });
    expect(run.payloads('sessionOffered')).toEqual([]);
  });

  it('of other participants are declined', () => {
    const run = inTheRoom();
    jingleFrom(run, '77d0e5c4', offer('p2p'));
    expect(run.last('iq').attrs.to).toBe(`${run.room}/77d0e5c4`);
    expect(JSON.stringify(run.last('iq'))).toContain('decline');
    expect(run.payloads('sessionOffered')).toEqual([]);
  });

  it('end with us', () => {
    const run = inTheRoom();
    jingleFrom(run, 'focus', offer('s1'));
    run.input({ type: 'leave' });
    expect(run.payloads('sessionEnded')).toMatchObject([{ end: { reason: 'gone', by: 'us' } }]);
  });
});

describe('messages', () => {
  const messageFrom = (run: MachineHarness, from: string, attributes: string, content: string): void => {
    run.frame(
      `<message xmlns="jabber:client" from="${from}" to="${run.jid}" ${attributes}>${content}</message>`,
    );
  };
  const json = (value: object): string =>
    `<json-message xmlns="http://jitsi.org/jitmeet">${JSON.stringify(value)}</json-message>`;

  it('that speak for the deployment are not taken from users', () => {
    const run = inTheRoom();
    const services = json({
      type: 'room_metadata',
      metadata: { services: [{ type: 'turn', host: 'evil.test', username: 'u', password: 'p' }] },
    });
    messageFrom(run, 'mallory@meet.test/r', '', services);
    messageFrom(run, `${run.room}/mallory`, 'type="chat"', services);
    expect(run.machine.services.iceServers).toEqual([]);
    messageFrom(run, 'metadata.meet.test', '', services);
    expect(run.machine.services.iceServers).toEqual([
      { urls: 'turn:evil.test', username: 'u', credential: 'p' },
    ]);
  });

  it('of changed settings make us ask once more, however many there are', () => {
    const run = inTheRoom();
    const changed = (): void =>
      messageFrom(
        run,
        run.room,
        'type="groupchat"',
        '<x xmlns="http://jabber.org/protocol/muc#user"><status code="104"/></x>',
      );
    const answered = (): void =>
      run.answer('query', 'result', '<query xmlns="http://jabber.org/protocol/disco#info"/>');
    const before = run.count('iq', 'query');
    // The question that follows a join is under way.
    changed();
    changed();
    expect(run.count('iq', 'query')).toBe(before);
    answered();
    expect(run.count('iq', 'query')).toBe(before + 1);
    answered();
    expect(run.count('iq', 'query')).toBe(before + 1);
    changed();
    expect(run.count('iq', 'query')).toBe(before + 2);
  });

  it('of a room fuller than we take is told of', () => {
    const run = inTheRoom();
    for (let number = 0; number < 10_002; number += 1)
      run.presence(`n${number}`, `${item('affiliation="none" role="participant"')}</x>`);
    expect(run.payloads('participantJoined')).toHaveLength(10_000);
    expect(run.payloads('warning').map(({ error }) => error.code)).toEqual(['room-too-large']);
  });

  it('of the room set the subject, tell of changes, and bring JSON', () => {
    const run = inTheRoom();
    messageFrom(run, `${run.room}/abc`, 'type="groupchat"', '<subject>plans</subject>');
    expect(run.payloads('subjectChanged')).toEqual([{ subject: 'plans', from: 'abc' }]);
    messageFrom(run, `${run.room}/abc`, 'type="groupchat"', json({ type: 'x', n: 1 }));
    messageFrom(
      run,
      `${run.room}/abc`,
      'type="groupchat"',
      `${json({ type: 'old' })}<delay xmlns="urn:xmpp:delay" stamp="2026-01-01T00:00:00Z"/>`,
    );
    expect(run.payloads('jsonMessageReceived').map(({ message }) => message)).toEqual([{ type: 'x', n: 1 }]);
  });

  it('that were refused are reported with their id', () => {
    const run = inTheRoom();
    messageFrom(
      run,
      run.room,
      'type="error" id="m1"',
      '<error type="cancel"><not-allowed xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error>',
    );
    expect(run.payloads('messageFailed')).toMatchObject([{ id: 'm1', error: { code: 'not-allowed' } }]);
  });

  it('that cannot be parsed cost us nothing but a warning', () => {
    const run = inTheRoom();
    run.frame(`<presence xmlns="jabber:client" from="${run.room}/x">${'<a>'.repeat(100_000)}`);
    expect(run.payloads('warning')).toMatchObject([{ error: { code: 'xml-too-deep' } }]);
    expect(run.machine.state.name).toBe('joined');
  });
});
