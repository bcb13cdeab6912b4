import { expect, it } from 'vitest';
import { ConferenceRunner, type RunnerListener } from '../../../src/client/runner.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import type { ConferenceEvent } from '../../../src/conference/events.ts';
import type { ConferenceEffect, ConferenceInput } from '../../../src/conference/io.ts';
import type { ConferenceMachine } from '../../../src/conference/machine.ts';
import { Secrets } from '../../../src/jitsi/redact/secrets.ts';
import { ManualClock } from '../../support/manual-clock.ts';

it('goes on after a mistake of the machine, and tells of it', () => {
  const told: unknown[] = [];
  const machine = {
    handle({ type }: ConferenceInput): ConferenceEffect[] {
      if (type === 'socket-frame') throw new RangeError('this cannot be');
      return [{ type: 'ended', info: { reason: 'left' } }];
    },
    nextTimeout: () => undefined,
  } as unknown as ConferenceMachine;
  const listener: RunnerListener = {
    event: (event: ConferenceEvent) => told.push(event),
    answer: () => {},
    joined: () => {},
    renamed: () => {},
    ended: (info) => told.push(info),
    networkChanged: () => {},
  };
  const ports = {
    clock: new ManualClock(),
    logger: silentLogger,
    access: { insecure: false, origin: 'https://meet.example.com', userAgent: 'test' },
    secrets: new Secrets(),
    wire: undefined,
    networkChanges: { subscribe: () => () => {} },
    tokenSource: undefined,
  };
  const runner = new ConferenceRunner(machine, ports, listener);
  runner.input({ type: 'socket-frame', text: '<presence/>' });
  runner.input({ type: 'leave' });
  expect(told).toEqual([
    {
      name: 'warning',
      payload: {
        error: expect.objectContaining({ code: 'internal-error', cause: new RangeError('this cannot be') }),
      },
    },
    { reason: 'left' },
  ]);
});

it('watches the network from the start to the end', () => {
  const handled: string[] = [];
  let changed = (): void => {};
  let isWatching = false;
  const machine = {
    handle({ type }: ConferenceInput): ConferenceEffect[] {
      handled.push(type);
      return type === 'leave' ? [{ type: 'ended', info: { reason: 'left' } }] : [];
    },
    nextTimeout: () => undefined,
  } as unknown as ConferenceMachine;
  const listener: RunnerListener = {
    event: () => {},
    answer: () => {},
    joined: () => {},
    renamed: () => {},
    ended: () => {},
    networkChanged: () => handled.push('told'),
  };
  const runner = new ConferenceRunner(
    machine,
    {
      clock: new ManualClock(),
      logger: silentLogger,
      access: { insecure: false, origin: 'https://meet.example.com', userAgent: 'test' },
      secrets: new Secrets(),
      wire: undefined,
      tokenSource: undefined,
      networkChanges: {
        subscribe(run) {
          changed = run;
          isWatching = true;
          return () => {
            isWatching = false;
          };
        },
      },
    },
    listener,
  );
  expect(isWatching).toBe(false);
  runner.input({ type: 'start' });
  changed();
  expect(handled).toEqual(['start', 'network-changed', 'told']);
  expect(isWatching).toBe(true);
  runner.input({ type: 'leave' });
  expect(isWatching).toBe(false);
});
