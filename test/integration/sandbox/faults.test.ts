/** What goes wrong in the field, on demand, as raw clients see it. */
import { describe, expect, it } from 'vitest';
import type { Sandbox } from '../../../src/sandbox/index.ts';
import { auth, bind, open } from '../../support/xmpp-server-rig.ts';
import { start } from './own-sandbox.ts';
import {
  attributeOf,
  join,
  path,
  type RawParticipant,
  room,
  takeOffer,
  tellFeatures,
} from './raw-participant.ts';
import { RawSocket } from './raw-socket.ts';

/** Two who have been offered sessions. */
async function callOfTwo(
  sandbox: Sandbox,
): Promise<{ alice: RawParticipant; bob: RawParticipant; offers: string[] }> {
  const alice = await join(sandbox, 'Alice');
  await tellFeatures(alice);
  const bob = await join(sandbox, 'Bob');
  await tellFeatures(bob);
  return { alice, bob, offers: [await takeOffer(alice), await takeOffer(bob)] };
}

const bridgeMissing = '<bridgeNotAvailable xmlns="http://jitsi.org/protocol/focus"';

describe('connections and rooms', () => {
  it('does on demand what goes wrong', async () => {
    const sandbox = await start({ resumptionTime: 0 });
    const [alice, bob] = [await join(sandbox, 'Alice'), await join(sandbox, 'Bob')];
    sandbox.faults.kick('room', bob.nick, 'bye');
    const kicked = await bob.raw.next('code="307"');
    expect(kicked).toContain('<actor nick="focus"/><reason>bye</reason>');
    await alice.raw.next('code="307"');
    const carol = await join(sandbox, 'Carol');
    sandbox.faults.dropSocket(carol.nick);
    expect((await carol.raw.closed).code).toBe(1006);
    expect(await alice.raw.next(`type="unavailable" from="${room}/${carol.nick}"`)).toContain('<status>');
    sandbox.faults.destroyRoom('room', 'over');
    expect(await alice.raw.next('<destroy>')).toContain('<reason>over</reason>');
    expect(sandbox.rooms.size).toBe(0);
    const { faults } = sandbox;
    expect(() => faults.kick('room', 'x')).toThrow(expect.objectContaining({ code: 'unknown-room' }));
    await join(sandbox, 'Dave');
    expect(() => faults.kick(room, 'x')).toThrow(expect.objectContaining({ code: 'unknown-endpoint' }));
    expect(() => faults.dropSocket('x')).toThrow(expect.objectContaining({ code: 'unknown-endpoint' }));
  });

  it('delays', async () => {
    const sandbox = await start();
    const raw = await RawSocket.open(sandbox.url, path);
    const ping = (id: string): string =>
      `<iq xmlns="jabber:client" type="get" id="${id}" to="meet.jitsi"><ping xmlns="urn:xmpp:ping"/></iq>`;
    raw.send(open, auth, open, bind);
    await raw.next('<jid>');
    sandbox.faults.delay(60_000);
    raw.send(ping('late'));
    // The answer to the HTTP request comes after the ping was handled, on another connection.
    await fetch(sandbox.url);
    expect(raw.received.join('')).not.toContain('late');
    await sandbox.close();
    expect((await raw.closed).code).not.toBe(1000);
  });
});

describe('media sessions', () => {
  it('move, of one or of all', async () => {
    const sandbox = await start();
    const { alice, bob, offers } = await callOfTwo(sandbox);
    expect(sandbox.faults.moveBridge('room', alice.nick)).toBe(1);
    const end = await alice.raw.next('action="session-terminate"');
    expect(end).toContain('<reason><success/><text>moving</text></reason>');
    expect(attributeOf(end, 'sid')).toBe(attributeOf(offers[0] ?? '', 'sid'));
    expect(attributeOf(await takeOffer(alice), 'sid')).not.toBe(attributeOf(end, 'sid'));
    expect(sandbox.faults.moveBridge(room)).toBe(2);
    for (const { raw } of [alice, bob]) await raw.next('<text>moving</text>');
    await Promise.all([takeOffer(alice), takeOffer(bob)]);
    expect(() => sandbox.faults.moveBridge('room', 'x')).toThrow(
      expect.objectContaining({ code: 'unknown-endpoint' }),
    );
    expect(() => sandbox.faults.moveBridge('elsewhere')).toThrow(
      expect.objectContaining({ code: 'unknown-room' }),
    );
  });

  it('end while there is no bridge, and begin when there is one', async () => {
    const sandbox = await start();
    const { alice, bob } = await callOfTwo(sandbox);
    sandbox.faults.bridgeAvailable(false);
    expect(await alice.raw.next(bridgeMissing)).toContain(`from="${room}/focus"`);
    await bob.raw.next('<text>moving</text>');
    sandbox.faults.bridgeAvailable(true);
    expect(await alice.raw.next('<conference-properties ')).not.toContain(bridgeMissing);
    await Promise.all([takeOffer(alice), takeOffer(bob)]);
  });

  it('are void after a restart of the focus, which comes back on request', async () => {
    const sandbox = await start();
    const { alice, bob, offers } = await callOfTwo(sandbox);
    sandbox.faults.restartFocus();
    for (const { raw } of [alice, bob]) await raw.next(`type="unavailable" from="${room}/focus"`);
    expect(sandbox.rooms.get('room')?.occupants.map(({ nick }) => nick)).toEqual([alice.nick, bob.nick]);
    const accept = (id: string): string =>
      `<iq xmlns="jabber:client" type="set" id="${id}" to="${room}/focus"><jingle xmlns="urn:xmpp:jingle:1" action="session-accept" sid="${attributeOf(offers[0] ?? '', 'sid')}"/></iq>`;
    alice.raw.send(accept('gone'));
    expect(await alice.raw.next('id="gone"')).toContain('<item-not-found ');
    alice.raw.send(
      `<iq xmlns="jabber:client" type="set" id="again" to="focus.meet.jitsi"><conference xmlns="http://jitsi.org/protocol/focus" room="${room}" machine-uid="m"/></iq>`,
    );
    await Promise.all([tellFeatures(alice), tellFeatures(bob)]);
    await Promise.all([takeOffer(alice), takeOffer(bob)]);
    alice.raw.send(accept('old'));
    expect(await alice.raw.next('id="old"')).toContain('<bad-request ');
  });

  it('expire when one is left alone, as soon as one likes', async () => {
    const sandbox = await start({ timeouts: { singleParticipant: 1 } });
    const { alice, bob } = await callOfTwo(sandbox);
    bob.raw.send(`<presence xmlns="jabber:client" type="unavailable" to="${room}/${bob.nick}"/>`);
    const end = await alice.raw.next('action="session-terminate"');
    expect(end).toContain('<reason><expired/><text>Idle session timeout</text></reason>');
    expect(await alice.raw.next('<conference-properties ')).toContain('key="bridge-count" value="0"');
    const carol = await join(sandbox, 'Carol');
    await tellFeatures(carol);
    await Promise.all([takeOffer(alice), takeOffer(carol)]);
  });
});
