/** In a file, and so a process, of its own: it looks at everything that is open in the process. */
import { expect, it } from 'vitest';
import { type Clock, systemClock } from '../../../src/base/clock.ts';
import { createSandbox } from '../../../src/sandbox/index.ts';
import { waitFor } from '../../support/wait.ts';
import { auth, bind, enable, open } from '../../support/xmpp-server-rig.ts';
import { RawSocket } from './raw-socket.ts';

const kinds = new Set(['TCPServerWrap', 'TCPSocketWrap', 'UDPWrap']);

function openResources(): string[] {
  return process
    .getActiveResourcesInfo()
    .filter((kind) => kinds.has(kind))
    .sort();
}

/** The machine's clock, with the timers that wait on it and how long they were set for. */
function countingClock(): Clock & { pending: Map<object, number> } {
  const pending = new Map<object, number>();
  return {
    pending,
    now: () => systemClock.now(),
    schedule(delay, run) {
      const timer = {};
      pending.set(timer, delay);
      const cancel = systemClock.schedule(delay, () => {
        pending.delete(timer);
        run();
      });
      return () => {
        pending.delete(timer);
        cancel();
      };
    },
  };
}

it('a closed sandbox leaves no socket and no timer behind', async () => {
  const before = openResources();
  const clock = countingClock();
  const room = 'room@conference.meet.jitsi';
  const sandbox = await createSandbox({ minParticipants: 1, clock });
  const sockets = [];
  for (const nick of ['aaaaaaaa', 'bbbbbbbb']) {
    const raw = await RawSocket.open(sandbox.url, '/xmpp-websocket?room=room');
    sockets.push(raw);
    raw.send(
      open,
      auth,
      open,
      bind,
      enable,
      `<iq xmlns="jabber:client" type="set" id="c" to="focus.meet.jitsi"><conference xmlns="http://jitsi.org/protocol/focus" room="${room}"/></iq>`,
    );
    await raw.next('ready="true"');
    raw.send(
      `<presence xmlns="jabber:client" to="${room}/${nick}"><x xmlns="http://jabber.org/protocol/muc"/></presence>`,
    );
    const asked = await raw.next('disco#info"/></iq>');
    const id = / id="([^"]+)"/.exec(asked)?.[1];
    raw.send(
      `<iq xmlns="jabber:client" type="result" id="${id}" to="${room}/focus"><query xmlns="http://jabber.org/protocol/disco#info"/></iq>`,
    );
    // A transport is allocated.
    await raw.next('session-initiate');
  }
  // One waits to be resumed, the other has frames on the way.
  sandbox.faults.dropSocket('aaaaaaaa');
  sandbox.faults.delay(50_000);
  sockets[1]?.send(`<message xmlns="jabber:client" type="groupchat" to="${room}"><body>x</body></message>`);
  expect(openResources().length).toBeGreaterThan(before.length);
  // The clock may have gone on between two looks at it.
  const waits = (delay: number): boolean =>
    [...clock.pending.values()].some((pending) => pending <= delay && pending > delay - 1_000);
  await waitFor(() => waits(60_000) && waits(50_000), { what: 'waiting session and frame' });
  await sandbox.close();
  await sockets[1]?.closed;
  expect(sandbox.rooms.size).toBe(0);
  expect(clock.pending.size).toBe(0);
  await waitFor(() => openResources().length <= before.length, {
    what: 'end',
    explain: () => openResources().join(' '),
  });
});
