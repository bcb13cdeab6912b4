/** Our own addresses change: what hangs is found, what waits does not wait. */
import { expect, it } from 'vitest';
import { MachineHarness, standardConfig } from '../../support/machine-harness.ts';

function joined(): MachineHarness {
  const rig = new MachineHarness({
    streamManagement: true,
    reconnect: { maxTime: Number.POSITIVE_INFINITY },
  });
  rig.discover();
  rig.input({ type: 'socket-opened' });
  rig.answerLogin('<sm xmlns="urn:xmpp:sm:3"/>');
  rig.frame('<enabled xmlns="urn:xmpp:sm:3" resume="true" id="token-1" max="60"/>');
  rig.focusSays();
  rig.occupant('focus', '', 'affiliation="owner" role="moderator"');
  rig.enter();
  expect(rig.joined).toBe(true);
  return rig;
}

it('asks the server at once, and gives the socket up when there is no answer', () => {
  const rig = joined();
  rig.input({ type: 'network-changed' });
  expect(rig.count('iq', 'ping')).toBe(1);
  rig.advance(5_000);
  expect(rig.socketSteps).toContain('drop');
  expect(rig.payloads('reconnecting')).toHaveLength(1);
});

it('tries again at once, also where a try hangs, and changes nothing where all is well', () => {
  const rig = joined();
  rig.input({ type: 'network-changed' });
  rig.answer('ping', 'result', '');
  rig.advance(9_000);
  expect(rig.payloads('reconnecting')).toEqual([]);
  rig.input({ type: 'socket-closed', reason: 'code 1006' });
  rig.input({ type: 'network-changed' });
  expect(rig.sockets).toHaveLength(2);
  rig.advance(3_000);
  rig.input({ type: 'network-changed' });
  // The second time it is looked whether the deployment has moved.
  rig.input({ type: 'http-response', purpose: 'config', status: 200, body: standardConfig });
  expect(rig.sockets).toHaveLength(3);
  expect(rig.sockets[2]).toContain('previd=token-1');
  rig.input({ type: 'socket-opened' });
  rig.authenticate();
  rig.frame(
    '<stream:features xmlns:stream="http://etherx.jabber.org/streams"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/><sm xmlns="urn:xmpp:sm:3"/></stream:features>',
  );
  const sent = rig.sent.filter(({ name }) => ['iq', 'presence', 'message'].includes(name)).length;
  expect(rig.last('resume').attrs).toMatchObject({ previd: 'token-1' });
  // All but the bind.
  rig.frame(`<resumed xmlns="urn:xmpp:sm:3" previd="token-1" h="${sent - 1}"/>`);
  expect(rig.payloads('reconnected')).toMatchObject([{ resumed: true }]);
});
