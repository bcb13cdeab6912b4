import { describe, expect, it } from 'vitest';
import { cutOffWords, endMark, startMark, StreamLedger } from '../../../../src/cli/data/stream-ledger.ts';
import { FakeRoom } from '../fake-room.ts';

class Rig {
  readonly room = new FakeRoom();
  readonly ledger = new StreamLedger({
    bridge: this.room.bridge,
    isWanted: (id) => id !== 'unwanted',
    nameOf: (id) => `name of ${id}`,
  });

  raw(from: string, text: string): this {
    this.room.bridgeEvents.emit('rawReceived', { from, to: '', data: Buffer.from(text) });
    return this;
  }

  says(from: string, msgPayload: object): this {
    const message = { colibriClass: 'EndpointMessage' as const, from, to: '', msgPayload };
    this.room.bridgeEvents.emit('plainReceived', { message });
    return this;
  }

  get words(): string[] {
    return this.ledger.cutOff().map(cutOffWords);
  }
}

describe('what others send, by what they say of it', () => {
  it('is whole when as much came as was sent', () => {
    const rig = new Rig().says('a', startMark());
    expect(rig.ledger.isOpen('a')).toBe(true);
    rig
      .raw('a', 'one')
      .raw('a', 'two')
      .says('a', endMark({ bytes: 6, messages: 2 }));
    expect(rig.ledger.isOpen('a')).toBe(false);
    expect(rig.words).toEqual([]);
  });

  it('is cut off while its end has not come', () => {
    const rig = new Rig().says('a', startMark()).raw('a', 'one');
    expect(rig.words).toEqual([
      'what name of a sent is cut off: its end has not come, after 3 bytes; have it sent again',
    ]);
    expect(new Rig().says('a', startMark()).words).toHaveLength(1);
  });

  it.each([
    ['less came', 'on', { bytes: 3, messages: 1 }],
    ['as much came in fewer messages', 'one', { bytes: 3, messages: 2 }],
  ])('is not whole when %s', (_, text, sent) => {
    const rig = new Rig().says('a', startMark()).raw('a', text).says('a', endMark(sent));
    expect(rig.words).toEqual([expect.stringMatching(/^of 3 bytes that name of a sent, \d have come/)]);
  });

  it('is not whole when we came too late for its beginning', () => {
    const rig = new Rig().raw('a', 'two').says('a', endMark({ bytes: 6, messages: 2 }));
    expect(rig.ledger.isOpen('a')).toBe(false);
    expect(rig.words).toHaveLength(1);
  });

  it('is not judged where neither start nor end is told, as of other programs', () => {
    const rig = new Rig().raw('a', 'one').says('a', { type: 'dc-raw-end' }).says('a', { text: 'hi' });
    expect(rig.words).toEqual([]);
    expect(rig.ledger.senders).toEqual(['a']);
  });

  it('does not matter of those whose bytes are not wanted', () => {
    const rig = new Rig().says('unwanted', startMark()).raw('unwanted', 'one');
    expect([rig.words, rig.ledger.senders]).toEqual([[], []]);
    expect(rig.ledger.isWanted('unwanted')).toBe(false);
  });

  it('is judged anew where somebody begins again', () => {
    const rig = new Rig().says('a', startMark()).raw('a', 'one').says('a', startMark()).raw('a', 'two');
    rig.says('a', endMark({ bytes: 3, messages: 1 }));
    expect(rig.ledger.cutOff()).toMatchObject([{ from: 'a', came: { bytes: 3 }, total: undefined }]);
  });
});
