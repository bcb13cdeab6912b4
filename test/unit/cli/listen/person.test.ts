import { describe, expect, it } from 'vitest';
import { Emitter } from '../../../../src/base/emitter.ts';
import { Person } from '../../../../src/cli/listen/person.ts';
import { conferenceEventNames, type ConferenceEvents } from '../../../../src/client/conference-events.ts';
import type { Participant } from '../../../../src/conference/room/roster.ts';

class Room {
  readonly participants = new Map<string, Participant>();
  readonly emitter = new Emitter<ConferenceEvents>(conferenceEventNames, (error) => {
    throw error;
  });
  readonly on = this.emitter.on.bind(this.emitter);

  comes(id: string, displayName: string): void {
    const participant = { id, displayName } as Participant;
    this.participants.set(id, participant);
    this.emitter.emit('participantJoined', { participant });
  }

  goes(id: string, reason: string): void {
    const participant = this.participants.get(id);
    this.participants.delete(id);
    this.emitter.emit('participantLeft', {
      participant,
      departure: { reason },
    } as ConferenceEvents['participantLeft']);
  }
}

describe('a person', () => {
  it('who was meant by id is the same when they come back under another', async () => {
    const room = new Room();
    room.comes('a1', 'Alice');
    room.comes('b1', 'Bob');
    const person = new Person('a1', room, () => {});
    await person.comes(new AbortController().signal);
    room.goes('a1', 'unseen');
    expect(person.is('a1')).toBe(false);
    room.comes('a2', 'Alice');
    expect([person.is('a2'), person.is('b1')]).toEqual([true, false]);
  });

  it('is not somebody else who is called so, too', async () => {
    const room = new Room();
    room.comes('a1', 'Alice');
    room.comes('a9', 'alice');
    const person = new Person('a1', room, () => {});
    await person.comes(new AbortController().signal);
    room.goes('a1', 'unseen');
    room.comes('b1', 'Bob');
    expect(person.is('a9')).toBe(false);
  });
});
