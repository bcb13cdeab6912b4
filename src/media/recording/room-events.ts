/** What the room tells, as entries of the timeline. */
import type { Conference } from '../../client/conference.ts';
import type { Participant } from '../../conference/room/roster.ts';
import type { TimelineEvent } from './timeline.ts';

export type NotedRoom = Pick<Conference, 'on' | 'participants' | 'endpointId' | 'nick'>;

/**
 * Those who are there first, then what happens. Private messages are nobody's but theirs.
 * @param chat whether the chat is noted @returns ends it
 */
export function noteRoom(room: NotedRoom, chat: boolean, note: (event: TimelineEvent) => void): () => void {
  const nameOf = (id: string): string => {
    if (id === room.endpointId) return room.nick;
    return room.participants.get(id)?.displayName ?? id;
  };
  const joined = (participant: Participant): void => {
    const { id, handRaisedAt } = participant;
    note({ type: 'participant-joined', participant: id, name: displayName(participant) });
    if (handRaisedAt !== undefined)
      note({ type: 'hand-raised', participant: id, name: displayName(participant) });
  };
  for (const participant of room.participants.values()) joined(participant);
  const offs = [
    room.on('participantJoined', ({ participant }) => joined(participant)),
    room.on('participantLeft', ({ participant, departure: { reason } }) =>
      note({
        type: 'participant-left',
        participant: participant.id,
        name: displayName(participant),
        reason,
      }),
    ),
    room.on('participantChanged', ({ participant, previous, changed }) => {
      if (!changed.includes('displayName')) return;
      const [name, before] = [displayName(participant), displayName(previous)];
      note({ type: 'name-changed', participant: participant.id, name, before });
    }),
    room.on('handRaised', ({ participant }) =>
      note({ type: 'hand-raised', participant: participant.id, name: displayName(participant) }),
    ),
    room.on('handLowered', ({ participant }) =>
      note({ type: 'hand-lowered', participant: participant.id, name: displayName(participant) }),
    ),
    room.on('speakingChanged', ({ endpointId, isSpeaking }) =>
      note({
        type: isSpeaking ? 'speaking-started' : 'speaking-stopped',
        participant: endpointId,
        name: nameOf(endpointId),
      }),
    ),
    room.on('dominantSpeakerChanged', ({ endpointId }) =>
      note({ type: 'dominant-speaker', participant: endpointId, name: nameOf(endpointId) }),
    ),
    room.on('subjectChanged', ({ subject }) => note({ type: 'subject', subject })),
    room.on('reconnecting', ({ attempt }) => {
      if (attempt === 1) note({ type: 'reconnecting' });
    }),
    room.on('reconnected', ({ away }) => note({ type: 'reconnected', away: Math.round(away) / 1000 })),
    room.on('sessionAccepted', () => note({ type: 'session-begun' })),
    room.on('sessionEnded', ({ end: { reason, text } }) =>
      note({ type: 'session-ended', reason: text ?? reason }),
    ),
  ];
  if (chat)
    offs.push(
      room.on('messageReceived', ({ message }) => {
        const { displayName: name, from, isHistory, isPrivate, text } = message;
        if (isHistory || isPrivate) return;
        note({ type: 'message', participant: from ?? null, name: name ?? from ?? '', text });
      }),
    );
  return () => {
    for (const off of offs) off();
  };
}

export function displayName({ displayName: name, id }: Participant): string {
  return name ?? id;
}
