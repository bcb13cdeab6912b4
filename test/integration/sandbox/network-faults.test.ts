/** A network that fails between clients and the sandbox, as raw clients see it. */
import { describe, expect, it } from 'vitest';
import type { Sandbox } from '../../../src/sandbox/index.ts';
import { waitFor } from '../../support/wait.ts';
import { auth, bind, open } from '../../support/xmpp-server-rig.ts';
import { MediaParticipant } from './media-participant.ts';
import { start } from './own-sandbox.ts';
import { attributeOf, join, path, type RawParticipant, room, tokenOf } from './raw-participant.ts';
import { RawSocket } from './raw-socket.ts';

const say = (text: string): string =>
  `<message xmlns="jabber:client" type="groupchat" to="${room}" id="${text}"><body>${text}</body></message>`;
const ping = (id: string): string =>
  `<iq xmlns="jabber:client" type="get" id="${id}" to="meet.jitsi"><ping xmlns="urn:xmpp:ping"/></iq>`;

/** Takes a stream over on a new connection. @param h what was received */
async function resume(sandbox: Sandbox, { raw }: RawParticipant, h: number): Promise<RawSocket> {
  const previd = tokenOf(raw);
  const again = await RawSocket.open(sandbox.url, `${path}&previd=${previd}`);
  again.send(open, auth, open, `<resume xmlns="urn:xmpp:sm:3" h="${h}" previd="${previd}"/>`);
  return again;
}

/** Stanzas that a participant got since stream management is on. */
function counted({ raw: { received } }: RawParticipant): number {
  const start = received.findIndex((frame) => frame.startsWith('<enabled'));
  return received.slice(start).filter((frame) => /^<(iq|message|presence) /.test(frame)).length;
}

describe('a network that is cut', () => {
  it('for one, both ways, holds back until it is mended what both sent', async () => {
    const sandbox = await start();
    const [alice, bob] = [await join(sandbox, 'Alice'), await join(sandbox, 'Bob')];
    sandbox.faults.cut('both', alice.nick);
    alice.raw.send(say('from-alice'));
    bob.raw.send(say('from-bob'), ping('bob'));
    await bob.raw.next('id="bob"');
    expect(alice.raw.received.join('')).not.toContain('from-bob');
    expect(bob.raw.received.join('')).not.toContain('from-alice');
    // Their stream cannot be taken over meanwhile, and others come in.
    const resuming = resume(sandbox, alice, counted(alice));
    await join(sandbox, 'Carol');
    sandbox.faults.cut('none', alice.nick);
    const again = await resuming;
    expect(await again.next('<resumed')).toContain(tokenOf(alice.raw));
    expect(await again.next('from-bob')).toContain('<body>');
    expect(await bob.raw.next('from-alice')).toContain(`from="${room}/${alice.nick}"`);
  });

  it.each([
    ['up', true, false],
    ['down', false, true],
  ] as const)('%s is half open', async (direction, hears, isHeard) => {
    const sandbox = await start();
    const [alice, bob] = [await join(sandbox, 'Alice'), await join(sandbox, 'Bob')];
    sandbox.faults.cut(direction, alice.nick);
    alice.raw.send(say('from-alice'));
    bob.raw.send(say('from-bob'));
    if (hears) await alice.raw.next('from-bob');
    if (isHeard) await bob.raw.next('from-alice');
    bob.raw.send(ping('bob'));
    await bob.raw.next('id="bob"');
    expect(alice.raw.received.some((frame) => frame.includes('from-bob'))).toBe(hears);
    expect(bob.raw.received.some((frame) => frame.includes('from-alice'))).toBe(isHeard);
  });

  it('for all lets nobody in until it is mended', async () => {
    const sandbox = await start();
    sandbox.faults.cut('both');
    const joining = join(sandbox, 'Alice');
    const config = fetch(`${sandbox.url}/config.js`);
    const isWaiting = await Promise.race([joining, config, Promise.resolve('waiting')]);
    expect(isWaiting).toBe('waiting');
    expect(sandbox.rooms.size).toBe(0);
    sandbox.faults.cut('none');
    expect((await config).status).toBe(200);
    await joining;
  });

  it('takes media and the bridge channel with it', async () => {
    const sandbox = await start();
    await using alice = await MediaParticipant.join(sandbox, 'Alice');
    await alice.tellFeatures();
    await using bob = await MediaParticipant.join(sandbox, 'Bob');
    await bob.tellFeatures();
    await Promise.all([alice.accept({ audio: 11, video: 12, rtx: 13 }), bob.accept()]);
    const message = { colibriClass: 'EndpointMessage', to: '', msgPayload: { text: 'x' } };
    sandbox.faults.cut('both', alice.id);
    alice.speak(11);
    alice.say(message);
    bob.say({ ...message, msgPayload: { text: 'from bob' } });
    // What the bridge got from bob it has got after what alice sent.
    const endpoint = (id: string) => sandbox.bridge.endpoints.get(id);
    await waitFor(() => (endpoint(bob.id)?.received ?? 0) > 0, { what: 'the message of bob' });
    expect(endpoint(alice.id)?.received).toBe(0);
    expect(endpoint(alice.id)?.sources.get(`${alice.id}-a0`)?.packets).toBe(0);
    expect(JSON.stringify(alice.messages)).not.toContain('from bob');
    sandbox.faults.cut('none', alice.id);
    await waitFor(() => JSON.stringify(bob.messages).includes('"text":"x"'), {
      what: 'the message of alice',
    });
    await waitFor(() => JSON.stringify(alice.messages).includes('from bob'), { what: 'the message of bob' });
    expect(bob.rtp).toEqual([]);
    await waitFor(
      () => {
        alice.speak(11);
        return bob.rtp.length > 0;
      },
      { what: 'audio' },
    );
  });

  it('is no direction that does not exist', async () => {
    const { faults } = await start();
    expect(() => faults.cut('sideways' as 'up')).toThrow(
      expect.objectContaining({ code: 'invalid-direction' }),
    );
  });
});

it('a slow network is as slow as one likes', async () => {
  const sandbox = await start();
  const alice = await join(sandbox, 'Alice');
  sandbox.faults.slow({ bitsPerSecond: 80_000 }, alice.nick);
  const begin = performance.now();
  alice.raw.send(say('x'.repeat(20_000)));
  await alice.raw.next('xxx');
  // 20 kB, twice up and twice down in id and body.
  expect(performance.now() - begin).toBeGreaterThan(7000);
  sandbox.faults.slow({}, alice.nick);
});

it('answers that are lost are found again when the stream is resumed', async () => {
  const sandbox = await start();
  const [alice, bob] = [await join(sandbox, 'Alice'), await join(sandbox, 'Bob')];
  const received = counted(alice);
  sandbox.faults.loseAnswers(alice.nick, 100);
  alice.raw.send(say('unanswered'), '<r xmlns="urn:xmpp:sm:3"/>', ping('lost'));
  await bob.raw.next('unanswered');
  expect((await alice.raw.closed).code).toBe(1006);
  expect(counted(alice)).toBe(received);
  const again = await resume(sandbox, alice, received);
  // The conference request, the presence, the message, the ping.
  expect(attributeOf(await again.next('<resumed'), 'h')).toBe('4');
  expect(await again.next('unanswered')).toContain('<delay ');
  await again.next('id="lost"');
});

describe('another address', () => {
  it('breaks the connection for the participant, and the server does not notice', async () => {
    const sandbox = await start();
    const [alice, bob] = [await join(sandbox, 'Alice'), await join(sandbox, 'Bob')];
    const received = counted(alice);
    sandbox.faults.changeNetwork(alice.nick);
    await alice.raw.closed;
    bob.raw.send(say('meanwhile'), ping('bob'));
    await bob.raw.next('id="bob"');
    const again = await resume(sandbox, alice, received);
    await again.next('<resumed');
    await again.next('meanwhile');
    expect(bob.raw.received.join('')).not.toContain('type="unavailable"');
  });

  it('is noticed some time, and then the time to resume begins', async () => {
    const sandbox = await start({ resumptionTime: 1 });
    const [alice, bob] = [await join(sandbox, 'Alice'), await join(sandbox, 'Bob')];
    sandbox.faults.changeNetwork(alice.nick, 1);
    const gone = await bob.raw.next(`type="unavailable" from="${room}/${alice.nick}"`);
    expect(gone).toContain('<status>');
  });

  it('leaves the old transport dead and lets a new one live', async () => {
    const sandbox = await start();
    await using alice = await MediaParticipant.join(sandbox, 'Alice');
    await alice.tellFeatures();
    await using bob = await MediaParticipant.join(sandbox, 'Bob');
    await bob.tellFeatures();
    await Promise.all([alice.accept({ audio: 11, video: 12, rtx: 13 }), bob.accept()]);
    sandbox.faults.changeNetwork(alice.id);
    expect((await alice.channelClosed).code).toBe(1006);
    alice.speak(11);
    const again = await resume(sandbox, alice.raw, counted(alice.raw));
    await again.next('<resumed');
    expect(sandbox.bridge.endpoints.get(alice.id)?.sources.get(`${alice.id}-a0`)?.packets).toBe(0);
  });
});

it('a client without stream management is gone with its connection', async () => {
  const sandbox = await start();
  const bob = await join(sandbox, 'Bob');
  const raw = await RawSocket.open(sandbox.url, path);
  raw.send(open, auth, open, bind);
  const nick = /<jid>(.{8})/.exec(await raw.next('<jid>'))?.[1] ?? '';
  raw.send(
    `<presence xmlns="jabber:client" to="${room}/${nick}"><x xmlns="http://jabber.org/protocol/muc"/></presence>`,
  );
  await raw.next('<subject/>');
  sandbox.faults.dropSocket(nick);
  await bob.raw.next(`type="unavailable" from="${room}/${nick}"`);
});
