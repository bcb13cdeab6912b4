/** An error that is handled stays handled: nothing that is left behind ends the process later. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { join, joinRoom } from '../../../src/index.ts';
import { createSandbox, type Sandbox } from '../../../src/sandbox/index.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { nextEvent } from '../../support/next-event.ts';
import { unhandledDuring } from '../../support/unhandled.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox();
});
afterAll(() => sandbox.close());

describe('what rejects and is caught', () => {
  it('does not reject again when time goes on: chat.send() after leave()', async () => {
    const clock = new ManualClock(Date.now());
    const joining = joinRoom({ host: sandbox.url, room: 'late', clock });
    const ticking = setInterval(() => clock.advance(10), 5);
    const conference = await joining;
    await conference.leave();
    clearInterval(ticking);
    const unhandled = await unhandledDuring(async () => {
      await expect(conference.chat.send('too late')).rejects.toMatchObject({ code: 'not-joined' });
      clock.advance(60_000);
    });
    expect(unhandled).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});

describe('what fails in the hands of a user', () => {
  it('is a warning when a listener is an async function, of whichever object', async () => {
    const conference = await join({ host: sandbox.url, room: 'listeners' });
    const track = conference.addTrack({ kind: 'audio' });
    const warnings = new Set<string>();
    const told = new Promise<void>((resolve) => {
      conference.on('warning', async ({ error }) => {
        warnings.add(error.message);
        if (warnings.size === 2) resolve();
        throw new Error('and this listener fails too');
      });
    });
    const fail = async (): Promise<void> => {
      await Promise.resolve();
      throw new Error('mine');
    };
    const unhandled = await unhandledDuring(async () => {
      conference.on('selfChanged', fail);
      track.on('muted', fail);
      conference.raiseHand();
      track.mute();
      await told;
      await conference.leave();
    });
    expect([...warnings].toSorted()).toEqual([
      'a listener of muted failed: mine',
      'a listener of selfChanged failed: mine',
    ]);
    expect(unhandled).toEqual([]);
  });

  it.each(['throws', 'rejects'])('is one warning when a logger or the wire callback %s', async (way) => {
    const fail = (): unknown => {
      const error = new Error(way);
      if (way === 'throws') throw error;
      return Promise.reject(error);
    };
    const unhandled = await unhandledDuring(async () => {
      const logger = { log: fail, child: () => fail() as never };
      const conference = await join({ host: sandbox.url, room: 'loggers', logger, wire: fail });
      const warnings: string[] = [];
      conference.on('warning', ({ error }) => warnings.push(error.message));
      const spoken = nextEvent(conference, 'messageReceived');
      await conference.chat.send('all is well');
      expect((await spoken).message.text).toBe('all is well');
      await conference.leave();
      expect(await conference.closed).toEqual({ reason: 'left' });
      expect(warnings).toEqual([`the logger failed: ${way}`, `the wire callback failed: ${way}`]);
    });
    expect(unhandled).toEqual([]);
  });
});
