/** Servers of the sandbox that are killed and come back, as raw clients see it. */
import { type IncomingMessage, request } from 'node:http';
import { describe, expect, it } from 'vitest';

import { waitFor } from '../../support/wait.ts';
import { auth, bind, open } from '../../support/xmpp-server-rig.ts';
import { MediaParticipant } from './media-participant.ts';
import { start } from './own-sandbox.ts';
import { join, path, room, takeOffer, tellFeatures, tokenOf } from './raw-participant.ts';
import { RawSocket } from './raw-socket.ts';

const longTime = 3_600_000;
const elsewhere = { path: '/xmpp-websocket?room=other', room: 'other@conference.meet.jitsi' };
const askFocus = (id: string): string =>
  `<iq xmlns="jabber:client" type="set" id="${id}" to="focus.meet.jitsi"><conference xmlns="http://jitsi.org/protocol/focus" room="${room}" machine-uid="m"/></iq>`;

const ping = (id: string): string =>
  `<iq xmlns="jabber:client" type="get" id="${id}" to="meet.jitsi"><ping xmlns="urn:xmpp:ping"/></iq>`;

/** The status with which an upgrade is refused. */
function statusOf(url: string, target: string): Promise<number | undefined> {
  const asked = request(`${url}${target}`, {
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
      'sec-websocket-protocol': 'xmpp',
    },
  });
  return new Promise((resolve, reject) => {
    const answered = ({ statusCode }: IncomingMessage): void => {
      asked.destroy();
      resolve(statusCode);
    };
    asked.on('response', answered).on('upgrade', answered).on('error', reject).end();
  });
}

describe('an XMPP server that was killed', () => {
  it('has forgotten rooms and sessions, and the focus comes back to it later', async () => {
    const sandbox = await start();
    const alice = await join(sandbox, 'Alice');
    const previd = tokenOf(alice.raw);
    sandbox.faults.restartXmpp({ focusAbsence: longTime });
    expect(await alice.raw.closed).toEqual({ code: 1006, reason: '' });
    expect(sandbox.rooms.size).toBe(0);
    const again = await waitFor(
      () => RawSocket.open(sandbox.url, `${path}&previd=${previd}`).catch(() => undefined),
      {
        what: 'the server',
      },
    );
    again.send(open, auth, open, `<resume xmlns="urn:xmpp:sm:3" h="0" previd="${previd}"/>`);
    expect(await again.next('<failed')).toBe(
      '<failed xmlns="urn:xmpp:sm:3"><item-not-found xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></failed>',
    );
    again.send(bind, askFocus('early'));
    expect(await again.next('<jid>')).not.toContain(alice.jid.split('@')[0]);
    expect(await again.next('id="early"')).toContain('<service-unavailable ');
    sandbox.faults.restartXmpp({ focusAbsence: 0 });
    await again.closed;
    await waitFor(() => join(sandbox, 'Alice').catch(() => undefined), { what: 'the focus' });
  });

  it('breaks connections only, when it is the proxy that restarts', async () => {
    const sandbox = await start();
    const alice = await join(sandbox, 'Alice');
    const previd = tokenOf(alice.raw);
    sandbox.faults.restartXmpp({ forget: false });
    await alice.raw.closed;
    expect(sandbox.rooms.get('room')?.occupants.map(({ nick }) => nick)).toEqual(['focus', alice.nick]);
    const again = await waitFor(
      () => RawSocket.open(sandbox.url, `${path}&previd=${previd}`).catch(() => undefined),
      {
        what: 'the proxy',
      },
    );
    again.send(open, auth, open, `<resume xmlns="urn:xmpp:sm:3" h="0" previd="${previd}"/>`);
    expect(await again.next('<resumed')).toContain(previd);
  });

  it.each([
    ['bad-gateway', 502],
    ['hang', 101],
    ['refused', 0],
  ] as const)('is missed by those who connect meanwhile: %s', async (meanwhile, status) => {
    const sandbox = await start();
    sandbox.faults.restartXmpp({ absence: longTime, meanwhile });
    const asking = statusOf(sandbox.url, path);
    if (meanwhile === 'refused') {
      await expect(asking).rejects.toMatchObject({ code: 'ECONNREFUSED' });
      await expect(fetch(`${sandbox.url}/config.js`)).rejects.toThrow();
    } else {
      expect((await fetch(`${sandbox.url}/config.js`)).status).toBe(200);
      if (meanwhile === 'hang') sandbox.faults.restartXmpp({ meanwhile });
      expect(await asking).toBe(status);
    }
    sandbox.faults.restartXmpp({ focusAbsence: 0 });
    await waitFor(() => join(sandbox, 'Alice').catch(() => undefined), { what: 'the server' });
  });
});

describe('a focus that was killed', () => {
  it('leaves media alone, and requests without an answer until it is back', async () => {
    const sandbox = await start();
    await using alice = await MediaParticipant.join(sandbox, 'Alice');
    await alice.tellFeatures();
    await using bob = await MediaParticipant.join(sandbox, 'Bob');
    await bob.tellFeatures();
    const ssrcs = { audio: 11, video: 12, rtx: 13 };
    await Promise.all([alice.accept(ssrcs), bob.accept({ audio: 21, video: 22, rtx: 23 })]);
    sandbox.faults.restartFocus({ absence: longTime });
    await alice.raw.raw.next(`type="unavailable" from="${room}/focus"`);
    alice.raw.raw.send(askFocus('early'));
    expect(await alice.raw.raw.next('id="early"')).toContain('<service-unavailable ');
    await heardBy(bob, alice);
    sandbox.faults.restartFocus();
    await waitFor(() => join(sandbox, 'Carol', elsewhere).catch(() => undefined), { what: 'the focus' });
    alice.raw.raw.send(askFocus('again'));
    await Promise.all([alice.tellFeatures(), bob.tellFeatures()]);
    await Promise.all([takeOffer(alice.raw), takeOffer(bob.raw)]);
    await heardBy(bob, alice);
  });

  it('gets no answer out while the server takes it to be there', async () => {
    const sandbox = await start();
    const alice = await join(sandbox, 'Alice');
    sandbox.faults.restartFocus({ absence: longTime, unnoticed: longTime });
    alice.raw.send(askFocus('unanswered'), ping('alice'));
    await alice.raw.next('id="alice"');
    expect(alice.raw.received.join('')).not.toContain('id="unanswered"');
    expect(sandbox.rooms.get('room')?.occupants.map(({ nick }) => nick)).toEqual(['focus', alice.nick]);
    sandbox.faults.restartFocus({ absence: longTime, unnoticed: 1 });
    await alice.raw.next(`type="unavailable" from="${room}/focus"`);
    alice.raw.send(askFocus('early'));
    expect(await alice.raw.next('id="early"')).toContain('<service-unavailable ');
    sandbox.faults.restartFocus({ unnoticed: longTime });
    await waitFor(() => join(sandbox, 'Carol', elsewhere).catch(() => undefined), { what: 'the focus' });
  });

  it('answers no conference request by HTTP', async () => {
    const sandbox = await start({ conferenceRequest: 'http' });
    const ask = async (): Promise<number> => {
      const body = JSON.stringify({ room });
      return (await fetch(`${sandbox.url}/conference-request/v1`, { method: 'POST', body })).status;
    };
    expect(await ask()).toBe(200);
    sandbox.faults.restartFocus({ absence: longTime });
    expect(await ask()).toBe(502);
    sandbox.faults.restartFocus();
    await waitFor(async () => (await ask()) === 200, { what: 'the focus' });
  });
});

describe('a bridge that was killed', () => {
  it('is silent at once; the sessions end, and begin when it is back', async () => {
    const sandbox = await start();
    await using alice = await MediaParticipant.join(sandbox, 'Alice');
    await alice.tellFeatures();
    await using bob = await MediaParticipant.join(sandbox, 'Bob');
    await bob.tellFeatures();
    await Promise.all([alice.accept({ audio: 11, video: 12, rtx: 13 }), bob.accept()]);
    await heardBy(bob, alice);
    sandbox.faults.restartBridge({ absence: longTime });
    expect((await alice.channelClosed).code).toBe(1006);
    expect(sandbox.bridge.endpoints.size).toBe(0);
    for (const { raw } of [alice.raw, bob.raw]) {
      expect(await raw.next('action="session-terminate"')).toContain('<text>moving</text>');
    }
    expect(await statusOf(sandbox.url, '/colibri-ws/default-id/0/0?pwd=x')).toBe(502);
    expect(await alice.raw.raw.next('<bridgeNotAvailable')).toContain(`from="${room}/focus"`);
    sandbox.faults.restartBridge();
    await Promise.all([alice.accept({ audio: 14, video: 15, rtx: 16 }), bob.accept()]);
    await heardBy(bob, alice, 14);
  });
});

it('a bridge that was killed and is back unnoticed takes everybody anew when one asks', async () => {
  const sandbox = await start();
  await using alice = await MediaParticipant.join(sandbox, 'Alice');
  await alice.tellFeatures();
  await using bob = await MediaParticipant.join(sandbox, 'Bob');
  await bob.tellFeatures();
  await Promise.all([alice.accept({ audio: 11, video: 12, rtx: 13 }), bob.accept()]);
  sandbox.faults.restartBridge({ noticed: false });
  expect((await alice.channelClosed).code).toBe(1006);
  const { raw } = alice.raw;
  raw.send(ping('alice'));
  await raw.next('id="alice"');
  expect(raw.received.join('')).not.toContain('session-terminate');
  const offer = raw.received.find((frame) => frame.includes('action="session-initiate"')) ?? '';
  const session = /<bridge-session [^>]*id="([^"]+)"/.exec(offer)?.[1];
  raw.send(
    `<iq xmlns="jabber:client" type="set" id="anew" to="${room}/focus"><jingle xmlns="urn:xmpp:jingle:1" action="session-terminate" sid="${/ sid="([^"]+)"/.exec(offer)?.[1]}">` +
      `<reason><connectivity-error/></reason><bridge-session xmlns="http://jitsi.org/protocol/focus" id="${session}" restart="true"/></jingle></iq>`,
  );
  expect(await raw.next('id="anew"')).toContain('type="result"');
  expect(await bob.raw.raw.next('action="session-terminate"')).toContain('<text>moving</text>');
  await Promise.all([alice.accept({ audio: 14, video: 15, rtx: 16 }), bob.accept()]);
  await heardBy(bob, alice, 14);
});

it('all of them are back after a restart of all', async () => {
  const sandbox = await start();
  const alice = await join(sandbox, 'Alice');
  sandbox.faults.restartAll({ absence: 1, focusAbsence: 1, meanwhile: 'refused' });
  expect((await alice.raw.closed).code).toBe(1006);
  const rejoin = async (name: string): Promise<Awaited<ReturnType<typeof join>>> =>
    waitFor(() => join(sandbox, name).catch(() => undefined), { what: 'everything' });
  const [carol, dave] = [await rejoin('Carol'), await rejoin('Dave')];
  await Promise.all([tellFeatures(carol), tellFeatures(dave)]);
  await Promise.all([takeOffer(carol), takeOffer(dave)]);
});

async function heardBy(listener: MediaParticipant, speaker: MediaParticipant, ssrc = 11): Promise<void> {
  const before = listener.rtp.length;
  await waitFor(
    () => {
      speaker.speak(ssrc);
      return listener.rtp.length > before;
    },
    { what: `audio on ${ssrc}` },
  );
}
