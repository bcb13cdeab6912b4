import { describe, expect, it } from 'vitest';
import { warnOfDeaf } from '../../../../src/cli/data/deaf.ts';
import { FakeRoom } from '../fake-room.ts';
import { participant } from '../participant.ts';

describe('those who drop raw bytes', () => {
  it('are browsers, told of by name when they are there and when they come', () => {
    const room = new FakeRoom();
    const over = new AbortController();
    const told: string[] = [];
    const enter = (id: string, statsId: string | undefined, more = {}): void => {
      const who = participant(id, {
        displayName: id,
        ...(statsId === undefined ? {} : { statsId }),
        ...more,
      });
      room.participants.set(id, who);
      room.events.emit('participantJoined', { participant: who });
    };
    enter('browser', 'Paula-Xb8');
    enter('ours', 'jh-a1b2c3');
    enter('another', 'bot');
    enter('older', undefined);
    enter('recorder', 'Ada-Qx7', { isHidden: true });
    enter('unmeant', 'Ada-Qx7');
    const isMeant = (id: string): boolean => id !== 'unmeant';
    warnOfDeaf(room.conference, isMeant, (message) => told.push(message.split(' ')[0] ?? ''), over.signal);
    enter('late', 'Bo-1aa');
    over.abort();
    enter('too-late', 'Bo-1aa');
    expect(told).toEqual(['browser', 'late']);
  });
});
