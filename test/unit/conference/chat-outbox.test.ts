import { describe, expect, it } from 'vitest';
import { ChatOutbox, type ChatPolicy } from '../../../src/conference/chat-outbox.ts';
import { StanzaError } from '../../../src/xmpp/stanza-error.ts';
import { parseXml } from '../../../src/xml/parse.ts';
import type { IqOutcome } from '../../../src/xmpp/iq-tracker.ts';

const standard: ChatPolicy = { whenDisconnected: 'queue', limit: 3, maxAge: 60_000 };

class Rig {
  readonly written: string[] = [];
  readonly answers: string[] = [];
  readonly here = new Set(['room@muc.test/bb']);
  readonly outbox: ChatOutbox;
  now = 0;
  asked = 0;

  constructor(policy: Partial<ChatPolicy> = {}) {
    this.outbox = new ChatOutbox(
      { ...standard, ...policy },
      {
        send: ({ attrs }) => void this.written.push(attrs.id ?? ''),
        askForAcknowledgement: () => void (this.asked += 1),
        answer: (id, outcome) => void this.answers.push(`${id} ${words(outcome)}`),
        isHere: (jid) => this.here.has(jid),
      },
    );
  }

  say(id: string, to?: string): void {
    const attributes = to === undefined ? `to='room@muc.test' type='groupchat'` : `to='${to}' type='chat'`;
    this.outbox.say(
      parseXml(`<message xmlns='jabber:client' id='${id}' ${attributes}><body>x</body></message>`),
      this.now,
    );
  }

  at(now: number): void {
    this.now = now;
    this.outbox.tick(now);
  }
}

function words(outcome: IqOutcome): string {
  if (outcome.ok) return 'ok';
  return 'code' in outcome.error ? String(outcome.error.code) : outcome.error.message;
}

const none: ReadonlySet<string> = new Set();

describe('while connected', () => {
  it('writes at once; the room confirms by its echo, once', () => {
    const rig = new Rig();
    rig.outbox.connected(true, 0);
    rig.say('m1');
    rig.say('m2');
    rig.outbox.acknowledged(['m1', 'm2'], 0);
    expect([rig.written, rig.answers]).toEqual([['m1', 'm2'], []]);
    rig.outbox.echoed('m2');
    rig.outbox.echoed('m2');
    rig.outbox.echoed('of another');
    expect(rig.answers).toEqual(['m2 ok']);
    expect(rig.outbox.nextTimeout()).toBe(10_000);
    rig.at(10_000);
    rig.outbox.acknowledged(['m1'], 10_000);
    rig.at(11_000);
    expect(rig.answers).toEqual(['m2 ok', 'm1 message-not-confirmed']);
    rig.at(70_000);
    expect(rig.outbox.nextTimeout()).toBeUndefined();
  });

  it('asks the server where there is no echo, and leaves it to the connection when that says nothing', () => {
    const rig = new Rig();
    rig.outbox.connected(true, 0);
    for (const id of ['m1', 'm2', 'm3']) rig.say(id);
    rig.at(10_000);
    expect([rig.asked, rig.answers]).toEqual([3, []]);
    rig.outbox.acknowledged(['m1'], 10_500);
    rig.at(11_499);
    expect(rig.answers).toEqual([]);
    rig.at(11_500);
    expect(rig.answers).toEqual(['m1 message-not-confirmed']);
    // It was dead.
    rig.outbox.disconnected();
    rig.at(200_000);
    rig.outbox.connected(true, 200_000);
    rig.outbox.echoed('m2');
    expect(rig.answers).toEqual(['m1 message-not-confirmed', 'm2 ok']);
    rig.at(300_000);
    rig.at(400_000);
    expect(rig.answers.at(-1)).toBe('m3 message-not-confirmed');
    expect(rig.outbox.nextTimeout()).toBeUndefined();
  });

  it('takes a private message to be sent when the server has it', () => {
    const rig = new Rig();
    rig.outbox.connected(true, 0);
    rig.say('p1', 'room@muc.test/bb');
    rig.outbox.echoed('p1');
    expect([rig.answers, rig.asked]).toEqual([[], 1]);
    rig.outbox.acknowledged(['p1'], 0);
    expect(rig.answers).toEqual(['p1 ok']);
    // A server that acknowledges nothing leaves nothing to wait for.
    const plain = new Rig();
    plain.outbox.connected(false, 0);
    plain.say('p1', 'room@muc.test/bb');
    expect(plain.answers).toEqual(['p1 ok']);
  });

  it('passes refusals on', () => {
    const rig = new Rig();
    rig.outbox.connected(true, 0);
    rig.say('m1');
    rig.outbox.failed(
      'm1',
      new StanzaError('sending', { type: 'auth', condition: 'forbidden', details: [] } as never),
    );
    rig.outbox.failed('other', new Error('x'));
    expect(rig.answers).toEqual(['m1 forbidden']);
  });
});

describe('over a connection that is resumed', () => {
  it('writes what was said meanwhile after it, in order, and waits for what was written', () => {
    const rig = new Rig();
    rig.outbox.connected(true, 0);
    rig.say('m1');
    rig.outbox.disconnected();
    rig.at(50_000);
    rig.say('m2');
    rig.say('m3');
    expect([rig.written, rig.answers]).toEqual([['m1'], []]);
    rig.outbox.connected(true, 55_000);
    rig.outbox.echoed('m1');
    expect([rig.written, rig.answers]).toEqual([['m1', 'm2', 'm3'], ['m1 ok']]);
    expect(rig.outbox.nextTimeout()).toBe(65_000);
  });

  it('keeps no more than it may, and nothing for longer than it may', () => {
    const rig = new Rig();
    rig.outbox.connected(true, 0);
    rig.outbox.disconnected();
    for (const id of ['m1', 'm2', 'm3', 'm4']) rig.say(id);
    expect(rig.answers).toEqual(['m4 not-connected']);
    rig.at(59_999);
    rig.at(60_000);
    expect(rig.answers).toEqual(['m4', 'm1', 'm2', 'm3'].map((id) => `${id} not-connected`));
    rig.outbox.connected(true, 61_000);
    expect(rig.written).toEqual([]);
  });

  it('keeps nothing where that is not wanted', () => {
    const rig = new Rig({ whenDisconnected: 'refuse' });
    rig.say('m1');
    expect(rig.answers).toEqual(['m1 not-connected']);
  });
});

describe('over a connection that is not', () => {
  function broken(): Rig {
    const rig = new Rig();
    rig.outbox.connected(true, 0);
    for (const id of ['m1', 'm2', 'm3']) rig.say(id);
    rig.say('p1', 'room@muc.test/bb');
    rig.outbox.disconnected();
    return rig;
  }

  it('looks for what was written in what the room tells, and says so of what is not there', () => {
    const rig = broken();
    rig.outbox.lost(new Set(['m1', 'm2', 'm3', 'p1']), none, 1_000);
    // Nothing tells what became of a private message.
    expect(rig.answers).toEqual(['p1 message-not-confirmed']);
    rig.outbox.echoed('m2');
    rig.outbox.connected(true, 5_000);
    expect(rig.answers.slice(1)).toEqual(['m2 ok', 'm1 message-not-confirmed', 'm3 message-not-confirmed']);
    expect(rig.written).toEqual(['m1', 'm2', 'm3', 'p1']);
  });

  it('believes the acknowledgement that comes with the refusal', () => {
    const rig = broken();
    rig.outbox.lost(new Set(['m2', 'm3']), none, 1_000);
    expect(rig.answers).toEqual(['m1 ok', 'p1 ok']);
  });

  it('writes what was not written, once, and not to those who stay away', () => {
    const rig = broken();
    rig.outbox.lost(new Set(['m1']), new Set(['m2', 'p1']), 1_000);
    rig.say('m4');
    rig.here.clear();
    rig.outbox.echoed('m1');
    rig.outbox.connected(true, 2_000);
    expect(rig.written).toEqual(['m1', 'm2', 'm3', 'p1', 'm2', 'm4']);
    expect(rig.answers).toEqual(['m3 ok', 'm1 ok']);
    rig.at(92_000);
    expect(rig.answers).toContain('p1 participant-gone');
  });

  it('writes a private message when whom it is for has come back too', () => {
    const rig = broken();
    rig.outbox.lost(new Set(), new Set(['p1']), 1_000);
    rig.here.clear();
    rig.outbox.connected(true, 2_000);
    rig.outbox.arrived('room@muc.test/cc', 3_000);
    expect(rig.written.length).toBe(4);
    rig.outbox.arrived('room@muc.test/bb', 3_000);
    rig.outbox.acknowledged(['p1'], 3_000);
    expect([rig.written.slice(4), rig.answers.at(-1)]).toEqual([['p1'], 'p1 ok']);
  });
});
