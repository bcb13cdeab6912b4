/** A bot that waits in an empty room, in virtual time. */
import { describe, expect, it } from 'vitest';
import { elements } from '../../../src/xml/element.ts';
import { MachineHarness } from '../../support/machine-harness.ts';

const day = 86_400_000;
const jingle = (run: MachineHarness, action: string, sid: string, content: string): string =>
  `<iq xmlns="jabber:client" type="set" id="${action}-${sid}" from="${run.room}/focus" to="${run.jid}"><jingle xmlns="urn:xmpp:jingle:1" action="${action}" sid="${sid}">${content}</jingle></iq>`;

/** Time passes, and the server answers pings. @returns what was sent, by name */
function wait(run: MachineHarness, ms: number): Map<string, number> {
  const sent = new Map<string, number>();
  for (const end = run.now + ms; run.now < end; ) {
    run.sent.length = 0;
    run.requests.length = 0;
    run.events.length = 0;
    run.advance(5_000);
    for (const element of run.sent) {
      const name = elements(element)[0]?.name ?? element.name;
      sent.set(name, (sent.get(name) ?? 0) + 1);
    }
    if (run.count('iq', 'ping') > 0) run.answer('ping', 'result', '');
  }
  return sent;
}

describe('alone for days', () => {
  it('nothing is sent but pings, and who comes is met at once, again and again', () => {
    const run = new MachineHarness();
    run.join();
    const before = run.logs.length;
    for (let stay = 1; stay <= 3; stay += 1) {
      const sent = wait(run, day);
      expect([...sent.keys()]).toEqual(['ping']);
      expect(run.machine.state.name).toBe('joined');
      expect((run.machine.nextTimeout() ?? 0) - run.now).toBeLessThanOrEqual(60_000);

      run.occupant(`bob${stay}`);
      run.frame(jingle(run, 'session-initiate', `s${stay}`, '<content name="audio" creator="initiator"/>'));
      expect(run.payloads('sessionOffered')).toHaveLength(1);
      run.presence(
        `bob${stay}`,
        '<x xmlns="http://jabber.org/protocol/muc#user"><item affiliation="none" role="none"/></x>',
        'unavailable',
      );
      run.advance(4_000);
      const expired = '<reason><expired/><text>Idle session timeout</text></reason>';
      run.frame(jingle(run, 'session-terminate', `s${stay}`, expired));
      expect(run.payloads('sessionEnded')).toMatchObject([{ end: { nextOffer: 'later' } }]);
      expect(run.machine.sessions.current).toBeUndefined();
    }
    expect(run.machine.room?.participants.size).toBe(0);
    expect(run.sockets).toHaveLength(1);
    expect(run.logs.length - before).toBeLessThan(50);
  });
});
