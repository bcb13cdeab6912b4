import { describe, expect, it } from 'vitest';
import { type Caller, Doors } from '../../../../src/sandbox/network/doors.ts';

describe('doors', () => {
  it('are closed one by one', () => {
    const doors = new Doors(() => false);
    doors.close('xmpp', 502);
    expect([doors.closedFor('xmpp', {}), doors.closedFor('web', {})]).toEqual([502, undefined]);
    doors.open('xmpp');
    expect(doors.closedFor('xmpp', {})).toBeUndefined();
  });

  it('let in who waits, once they open', () => {
    const cutOff = new Set(['alice']);
    const doors = new Doors(({ endpointId = '' }: Caller) => cutOff.has(endpointId));
    const entered: string[] = [];
    doors.close('xmpp', 'hang');
    doors.wait('xmpp', {}, () => entered.push('xmpp'));
    doors.wait('bridge', { endpointId: 'alice' }, () => entered.push('alice'));
    doors.look();
    expect(entered).toEqual([]);
    doors.open('xmpp');
    expect(entered).toEqual(['xmpp']);
    cutOff.clear();
    doors.look();
    doors.look();
    expect(entered).toEqual(['xmpp', 'alice']);
  });
});
