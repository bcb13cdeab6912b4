/** A joined conference loses its connection: resumed, or entered anew. In virtual time. */
import { describe, expect, it } from 'vitest';
import { ConnectionError } from '../../../src/base/errors.ts';
import { buildPrivateMessage } from '../../../src/jitsi/chat-message.ts';
import { Reconnecting } from '../../support/reconnecting-machine.ts';

const history =
  '<delay xmlns="urn:xmpp:delay" stamp="2026-09-21T13:33:20Z" from="standup@conference.meet.test"/>';

describe('a lost connection', () => {
  it('is resumed: nothing is joined again, and what was said meanwhile is sent once', () => {
    const rig = new Reconnecting();
    rig.enterRoom();
    const presences = rig.count('presence', 'x');
    rig.say('m1');
    rig.said('m1', '3f9c21ab');
    rig.say('m2');
    rig.lose();
    expect(rig.machine.state.name).toBe('interrupted');
    expect(rig.payloads('reconnecting')).toMatchObject([
      { attempt: 1, cause: { code: 'connection-lost' }, since: rig.now },
    ]);
    rig.say('m3');
    rig.input({ type: 'update-presence', change: { displayName: 'Ada B' } });
    rig.reopen();
    expect(rig.sockets.at(-1)).toContain('previd=token-1');
    // All of ours after the bind but the last, m2.
    const stanzas = rig.sent.filter(({ name }) => ['iq', 'message', 'presence'].includes(name));
    rig.resume(stanzas.length - 2);
    expect(rig.machine.state.name).toBe('joined');
    expect(rig.payloads('reconnected')).toMatchObject([{ resumed: true, endpointId: '3f9c21ab' }]);
    rig.said('m2', '3f9c21ab');
    rig.said('m3', '3f9c21ab');
    expect(rig.answers.map(([id, outcome]) => [id, outcome.ok])).toEqual([
      ['m1', true],
      ['m2', true],
      ['m3', true],
    ]);
    expect(rig.sentMessages).toEqual(['m1', 'm2', 'm2', 'm3']);
    expect(rig.count('presence', 'x')).toBe(presences);
    expect(rig.last('presence').children).toContainEqual(expect.objectContaining({ children: ['Ada B'] }));
    expect(rig.payloads('participantLeft')).toEqual([]);
  });

  it('is made anew where the server has forgotten it: on the same socket, with the same id, and the roster compared', () => {
    const rig = new Reconnecting();
    rig.enterRoom();
    const { participants } = rig.machine.room ?? {};
    rig.occupant('bbbbbbbb', '<nick xmlns="http://jabber.org/protocol/nick">Bo</nick>');
    rig.occupant('cccccccc');
    rig.expire();
    expect(rig.wantedNick).toBe('3f9c21ab');
    rig.occupant('focus', '', 'affiliation="owner" role="moderator"');
    rig.occupant('bbbbbbbb', '<nick xmlns="http://jabber.org/protocol/nick">Bob</nick>');
    rig.occupant('dddddddd');
    const before = rig.events.length;
    rig.enter('3f9c21ab');
    const news = rig.events.slice(before).map(({ name }) => name);
    expect(news.filter((name) => name !== 'stanzaReceived')).toEqual([
      'reconnected',
      'participantLeft',
      'participantLeft',
      'participantChanged',
      'participantJoined',
    ]);
    expect(rig.payloads('reconnected')).toEqual([
      { resumed: false, away: expect.any(Number), endpointId: '3f9c21ab' },
    ]);
    expect(rig.machine.room?.participants).toBe(participants);
    expect([...(participants?.keys() ?? [])]).toEqual(['bbbbbbbb', 'dddddddd']);
    expect(rig.renamed).toBe(0);
  });

  it('takes another id where its ghost has the old one, and does not show the ghost', () => {
    const rig = new Reconnecting();
    rig.enterRoom();
    rig.input({
      type: 'update-presence',
      change: { sources: [{ name: '3f9c21ab-a0', mediaType: 'audio', muted: false }] },
    });
    rig.expire();
    expect(rig.wantedNick).toBe('3f9c21ab');
    rig.refuseJoin('cancel', 'conflict');
    expect(rig.wantedNick).toBe('77d0e5c4');
    // The names of sources begin with the id of who has them.
    expect(JSON.stringify(rig.last('presence', 'x'))).not.toContain('3f9c21ab-a0');
    rig.presence(
      '3f9c21ab',
      `<x xmlns="http://jabber.org/protocol/muc#user"><item affiliation="none" role="participant" jid="3f9c21ab@meet.test/r"/></x>`,
    );
    rig.arrive();
    expect(rig.payloads('reconnected')).toMatchObject([
      { resumed: false, endpointId: '77d0e5c4', previousEndpointId: '3f9c21ab' },
    ]);
    expect(rig.renamed).toBe(1);
    expect([...(rig.machine.room?.participants.keys() ?? [])]).toEqual(['aaaaaaaa']);
    rig.presence(
      '3f9c21ab',
      `<x xmlns="http://jabber.org/protocol/muc#user"><item affiliation="none" role="none" jid="3f9c21ab@meet.test/r"/><status code="333"/></x>`,
      'unavailable',
    );
    expect(rig.machine.state.name).toBe('joined');
    expect(rig.payloads('participantLeft')).toEqual([]);
  });

  it('waits for its ghost to go where the caller chose the id', () => {
    const rig = new Reconnecting({ endpointId: 'recorder' });
    rig.enterRoom();
    rig.expire();
    for (let tries = 0; tries < 10; tries += 1) {
      expect(rig.wantedNick).toBe('recorder');
      rig.refuseJoin('cancel', 'conflict');
      const asked = rig.count('iq', 'conference');
      rig.advance(5_000);
      expect(rig.count('iq', 'conference')).toBe(asked + 1);
      rig.focusSays();
    }
    rig.arrive();
    expect(rig.payloads('reconnected')).toMatchObject([{ endpointId: 'recorder' }]);
  });

  it('is a join that has failed while the room has told everybody else and not us', () => {
    const rig = new Reconnecting();
    rig.enterRoom(() => {});
    rig.occupant('focus', '', 'affiliation="owner" role="moderator"');
    rig.occupant('aaaaaaaa');
    rig.lose();
    expect(rig.ended).toMatchObject({
      reason: 'join-failed',
      error: { code: 'connection-lost', retryable: true },
    });
    expect(rig.payloads('reconnecting')).toEqual([]);
  });

  it('looks in the history for what was written, and sends nothing twice', () => {
    const rig = new Reconnecting();
    rig.enterRoom();
    rig.said('h1', 'aaaaaaaa');
    for (const id of ['m1', 'm2', 'm3']) rig.say(id);
    rig.lose();
    rig.say('m4');
    rig.expire();
    rig.arrive();
    rig.said('h1', 'aaaaaaaa', history);
    rig.said('h2', 'aaaaaaaa', history);
    rig.said('m2', '3f9c21ab', history);
    expect(rig.answers.map(([id]) => id)).toEqual(['m2']);
    rig.subject();
    expect(
      rig.answers.map(
        ([id, outcome]) => `${id} ${outcome.ok ? 'ok' : (outcome.error as { code?: string }).code}`,
      ),
    ).toEqual(['m2 ok', 'm1 message-not-confirmed', 'm3 message-not-confirmed']);
    expect(rig.sentMessages).toEqual(['m1', 'm2', 'm3', 'm4']);
    expect(rig.payloads('messageReceived').map(({ message }) => [message.id, message.isOwn])).toEqual([
      ['h1', false],
      ['h2', false],
      ['m2', true],
    ]);
  });

  it('settles without a subject too', () => {
    const rig = new Reconnecting();
    rig.enterRoom();
    rig.say('m1');
    rig.input({
      type: 'say',
      stanza: buildPrivateMessage(`${rig.room}/aaaaaaaa`, 'p1', 'hello'),
    });
    rig.expire();
    rig.arrive();
    rig.advance(5_000);
    expect(rig.answers.map(([id]) => id).toSorted()).toEqual(['m1', 'p1']);
  });

  it('keeps the session of the last stay until another is offered', () => {
    const rig = new Reconnecting();
    rig.enterRoom();
    rig.offer('s1');
    rig.lose();
    rig.reopen();
    rig.authenticate();
    rig.input({ type: 'socket-closed', reason: 'code 1006' });
    rig.advance(100_000);
    expect(rig.payloads('sessionEnded')).toEqual([]);
    rig.input({ type: 'socket-failed', error: new ConnectionError('no', { code: 'connection-refused' }) });
    rig.discoverAgain();
    rig.input({ type: 'socket-opened' });
    rig.loggedIn();
    rig.focusSays();
    rig.arrive();
    expect([rig.payloads('sessionEnded'), rig.payloads('reconnected').length]).toEqual([[], 1]);
    rig.offer('s2');
    expect(rig.payloads('sessionEnded')).toMatchObject([
      { session: { sid: 's1' }, end: { reason: 'replaced' } },
    ]);
    expect(rig.payloads('sessionOffered').at(-1)).toMatchObject({ session: { sid: 's2' } });
  });

  it('ends the session of the last stay where it was of another id', () => {
    const rig = new Reconnecting();
    rig.enterRoom();
    rig.offer('s1');
    rig.expire();
    rig.refuseJoin('cancel', 'conflict');
    expect(rig.payloads('sessionEnded')).toEqual([]);
    rig.arrive();
    expect(rig.payloads('sessionEnded')).toMatchObject([{ session: { sid: 's1' } }]);
  });
});
