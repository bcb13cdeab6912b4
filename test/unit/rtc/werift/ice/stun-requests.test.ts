import { type Address, classes, Message, methods } from 'werift';
import { describe, expect, it } from 'vitest';
import {
  backingOff,
  never,
  type Repetition,
  steadily,
  StunRequests,
} from '../../../../../src/rtc/werift/ice/stun-requests.ts';
import { ManualClock } from '../../../../support/manual-clock.ts';

const bridge: Address = ['192.0.2.1', 10_000];
const password = Buffer.from('the password of the bridge');

class Rig {
  readonly clock = new ManualClock();
  readonly requests = new StunRequests(this.clock);
  readonly sent: number[] = [];
  readonly told: string[] = [];
  readonly refusals: number[] = [];

  ask(repetition: Repetition, lifetime = 20_000, hasPassword = true): Message {
    const message = new Message(methods.BINDING, classes.REQUEST);
    this.requests.send({
      message,
      to: bridge,
      key: hasPassword ? password : undefined,
      repetition,
      lifetime,
      transmit: () => this.sent.push(this.clock.now()),
      refused: () => this.refusals.push(this.clock.now()),
      answered: (_, [host]) => this.told.push(`answered by ${host} at ${this.clock.now()}`),
      failed: ({ message: text }) => this.told.push(text),
    });
    return message;
  }

  answer(
    { transactionId }: Message,
    { from = bridge, key, error }: { from?: Address; key?: Buffer | undefined; error?: number } = {},
  ): void {
    const response = new Message(
      methods.BINDING,
      error === undefined ? classes.RESPONSE : classes.ERROR,
      transactionId,
    );
    response.setAttribute('XOR-MAPPED-ADDRESS', ['198.51.100.1', 5_000]);
    if (error !== undefined) response.setAttribute('ERROR-CODE', [error, 'no']);
    if (key) response.addMessageIntegrity(key);
    response.addFingerprint();
    this.requests.received(response.bytes, response, from);
  }
}

describe('STUN requests', () => {
  it('are repeated steadily as checks, ever later as questions to servers, and never as consent', () => {
    const sent = [steadily, backingOff, never].map((repetition) => {
      const rig = new Rig();
      rig.ask(repetition, 39_500);
      rig.clock.advance(40_000);
      expect(rig.told).toEqual(['no answer to a STUN request within 39500 ms']);
      expect([rig.requests.size, rig.clock.pending]).toEqual([0, 0]);
      return rig.sent;
    });
    expect(sent[0]?.slice(0, 4)).toEqual([0, 500, 1_000, 1_500]);
    expect(sent[1]).toEqual([0, 500, 1_500, 3_500, 7_500, 15_500, 31_500]);
    expect(sent[2]).toEqual([0]);
  });

  it.each([700, 1_500, 19_000])('take an answer after %s ms', (roundTrip) => {
    const rig = new Rig();
    const message = rig.ask(steadily);
    rig.clock.advance(roundTrip);
    rig.answer(message, { key: password });
    expect(rig.told).toEqual([`answered by 192.0.2.1 at ${roundTrip}`]);
    rig.answer(message, { key: password });
    rig.clock.advance(100_000);
    expect(rig.told).toHaveLength(1);
    expect(rig.clock.pending).toBe(0);
  });

  it('believe nobody but whom they asked', () => {
    const rig = new Rig();
    const message = rig.ask(never);
    rig.answer(message);
    rig.answer(message, { key: Buffer.from('a guess') });
    rig.answer(message, { key: password, from: ['192.0.2.1', 10_001] });
    rig.answer(message, { key: password, from: ['192.0.2.2', 10_000] });
    rig.answer(new Message(methods.BINDING, classes.REQUEST), { key: password });
    rig.answer(message, { error: 487 });
    expect(rig.told).toEqual([]);
    rig.answer(message, { key: password });
    expect(rig.told).toHaveLength(1);
  });

  it('need no password of a server that has none', () => {
    const rig = new Rig();
    const message = rig.ask(backingOff, 1_000, false);
    expect(message.attributesKeys).not.toContain('MESSAGE-INTEGRITY');
    rig.answer(message);
    expect(rig.told).toEqual(['answered by 192.0.2.1 at 0']);
  });

  it('go on after an error that may be over soon, and end with a conflict of roles', () => {
    const rig = new Rig();
    const message = rig.ask(steadily);
    rig.answer(message, { key: password, error: 401 });
    rig.clock.advance(500);
    expect(rig.sent).toEqual([0, 500]);
    rig.answer(message, { error: 403 });
    expect(rig.refusals).toEqual([0]);
    rig.answer(message, { key: password, error: 487 });
    expect(rig.told).toEqual(['role conflict']);
    expect(rig.refusals).toEqual([0, 500]);
    expect(rig.clock.pending).toBe(0);
  });

  it('are repeated at once when the other side is heard, but not for each of its packets', () => {
    const rig = new Rig();
    rig.ask(steadily);
    rig.ask(never);
    rig.clock.advance(100);
    rig.requests.resend(['192.0.2.9', 1]);
    expect(rig.sent).toEqual([0, 0]);
    for (let packet = 0; packet < 5; packet += 1) rig.requests.resend(bridge);
    expect(rig.sent).toEqual([0, 0, 100]);
    rig.clock.advance(500);
    expect(rig.sent).toEqual([0, 0, 100, 600]);
  });

  it('are forgotten all at once', () => {
    const rig = new Rig();
    const message = rig.ask(steadily);
    rig.ask(never);
    rig.requests.clear();
    rig.answer(message, { key: password });
    rig.clock.advance(100_000);
    expect([rig.told, rig.sent, rig.clock.pending]).toEqual([[], [0, 0], 0]);
  });

  it('are neither sent nor waited for after the end', () => {
    const rig = new Rig();
    rig.ask(steadily);
    rig.requests.end();
    rig.ask(steadily);
    rig.clock.advance(100_000);
    expect([rig.told, rig.sent, rig.requests.size, rig.clock.pending]).toEqual([[], [0], 0, 0]);
  });
});
