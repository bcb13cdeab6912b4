/** Turns a conference's events into chat records. */
import { defined } from '../../base/defined.ts';
import { JitsiError } from '../../base/errors.ts';
import type { Conference } from '../../client/conference.ts';
import type { ChatMessage, Retraction } from '../../conference/events.ts';
import type { CloseInfo } from '../../conference/io.ts';
import type { Participant } from '../../conference/room/roster.ts';
import { nameOf } from '../visit/participants.ts';
import type { ChatRecord, Person } from './chat-record.ts';

type Reported = Pick<
  Conference,
  'on' | 'room' | 'roomJid' | 'endpointId' | 'nick' | 'participants' | 'subject'
>;

/** Reports who is there now, and from now on everything that happens, to the end. */
export function reportRoom(conference: Reported, report: (record: ChatRecord) => void): void {
  reportPeople(conference, report);
  if (conference.subject !== '') report({ type: 'subject', subject: conference.subject });
  conference.on('subjectChanged', ({ subject }) => report({ type: 'subject', subject }));
  conference.on('messageReceived', ({ message }) => report(messageRecord(message)));
  conference.on('messageRetracted', ({ retraction: { id, ...said } }) =>
    report({ type: 'message-retracted', id, ...saidRecord(said) }),
  );
  const hand = (participant: Participant, raised: boolean): void => {
    report({ type: 'hand', id: participant.id, name: nameOf(participant), raised });
  };
  conference.on('handRaised', ({ participant }) => hand(participant, true));
  conference.on('handLowered', ({ participant }) => hand(participant, false));
}

/** Reports who is there now, and who comes and goes, to the end. */
export function reportPeople(
  conference: Omit<Reported, 'subject'>,
  report: (record: ChatRecord) => void,
): void {
  const { room, roomJid, endpointId: id, nick: name } = conference;
  report({ type: 'joined', room, roomJid, id, name, participants: peopleIn(conference) });
  conference.on('participantJoined', ({ participant }) => {
    report({ type: 'participant-joined', ...person(participant) });
  });
  conference.on('participantLeft', ({ participant, departure }) => {
    report({ type: 'participant-left', id: participant.id, name: nameOf(participant), ...departure });
  });
  conference.on('participantChanged', ({ participant, previous, changed }) => {
    if (!changed.includes('displayName')) return;
    const previousName = nameOf(previous);
    report({ type: 'participant-renamed', id: participant.id, name: nameOf(participant), previousName });
  });
  conference.on('ended', ({ info }) => report(endedRecord(info)));
}

/** The others, in brief. */
export function peopleIn({ participants }: Pick<Conference, 'participants'>): Person[] {
  return [...participants.values()].map(person);
}

function person(participant: Participant): Person {
  const { id, role, handRaisedAt } = participant;
  return { id, name: nameOf(participant), role, handRaised: handRaisedAt !== undefined };
}

function messageRecord({ id, text, ...said }: ChatMessage): ChatRecord {
  return { type: 'message', ...defined({ id }), ...saidRecord(said), text };
}

function saidRecord(said: Omit<Retraction, 'id'>): {
  from: string | null;
  name: string;
  own: boolean;
  private: boolean;
  history: boolean;
  at: number;
} {
  const { from = null, displayName, isOwn, isPrivate, isHistory, at } = said;
  return {
    from,
    name: displayName ?? from ?? 'room',
    own: isOwn,
    private: isPrivate,
    history: isHistory,
    at,
  };
}

function endedRecord({ error, ...info }: CloseInfo): ChatRecord {
  const code = error instanceof JitsiError ? error.code : undefined;
  return { type: 'ended', ...info, ...defined({ code, message: error?.message }) };
}
