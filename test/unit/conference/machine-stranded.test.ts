/** A conference whose focus has no media session for us. In virtual time. */
import { describe, expect, it } from 'vitest';
import type { ConferenceOptions } from '../../../src/conference/options.ts';
import { Reconnecting } from '../../support/reconnecting-machine.ts';

describe('a focus that has no session for us', () => {
  /** With a session that it ends. */
  function stranded(options: Partial<ConferenceOptions> = {}): Reconnecting {
    const rig = new Reconnecting(options);
    rig.enterRoom();
    rig.offer('s1');
    rig.frame(
      `<iq xmlns="jabber:client" type="set" id="i-end" from="${rig.room}/focus" to="${rig.jid}"><jingle xmlns="urn:xmpp:jingle:1" action="session-terminate" sid="s1"><reason><general-error/><text>jingle session failed</text></reason></jingle></iq>`,
    );
    return rig;
  }
  const presences = (rig: Reconnecting): string[] =>
    rig.sent.flatMap(({ name, attrs }) => (name === 'presence' ? [attrs.type ?? 'available'] : []));

  it('is left and come to again, on the same connection and as the same', () => {
    const rig = stranded();
    const nick = rig.wantedNick;
    rig.say('m1');
    expect(presences(rig)).toEqual(['available']);
    rig.advance(3_000);
    expect(presences(rig)).toEqual(['available', 'unavailable', 'available']);
    expect(rig.wantedNick).toBe(nick);
    expect(rig.machine.state.name).toBe('entering');
    expect(rig.payloads('reconnecting')).toMatchObject([{ attempt: 1, cause: { code: 'session-missing' } }]);
    rig.say('m2');
    rig.said('m1', nick);
    rig.presence(
      nick,
      '<x xmlns="http://jabber.org/protocol/muc#user"><item affiliation="none" role="none"/><status code="110"/></x>',
      'unavailable',
    );
    expect(rig.ended).toBeUndefined();
    rig.arrive();
    rig.subject();
    expect(rig.payloads('reconnected')).toMatchObject([{ resumed: false, endpointId: nick }]);
    expect([rig.payloads('participantLeft'), rig.payloads('participantJoined')]).toEqual([[], []]);
    expect(rig.sent.filter(({ name, attrs }) => name === 'message' && attrs.id === 'm2')).toHaveLength(1);
    rig.offer('s2');
    expect(rig.payloads('sessionOffered')).toHaveLength(2);
    expect(rig.sockets).toHaveLength(1);
    expect(rig.machine.nextTimeout()).toBeDefined();
  });

  it('is reached by another connection where the room does not let us in again', () => {
    const rig = stranded();
    rig.advance(3_000);
    rig.refuseJoin('cancel', 'not-allowed', '<text xmlns="urn:ietf:params:xml:ns:xmpp-stanzas">no</text>');
    expect(rig.ended).toBeUndefined();
    expect(rig.machine.state.name).toBe('interrupted');
    const silent = stranded();
    silent.advance(3_000 + 20_000);
    expect(silent.machine.absence).toBeDefined();
  });

  it('is left alone where a lost connection would be the end, or media is not wanted', () => {
    const once = stranded({ reconnect: undefined as never });
    once.advance(8_000);
    expect([presences(once), once.machine.state.name]).toEqual([['available'], 'joined']);
    const declining = stranded({ offers: 'decline' });
    declining.advance(8_000);
    expect(presences(declining)).toEqual(['available']);
  });
});
