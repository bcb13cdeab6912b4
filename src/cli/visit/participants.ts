/** Participants as people call them. */
import { UsageError } from '../../base/errors.ts';
import type { Participant } from '../../conference/room/roster.ts';

/** Characters. */
const longestName = 60;

/** The display name, or the endpoint id of somebody without one. */
export function nameOf(participant: Participant): string {
  return participant.displayName ?? participant.id;
}

/** The same for an endpoint id, of whoever it may be. */
export function nameOfId(id: string, participants: ReadonlyMap<string, Participant>): string {
  const participant = participants.get(id);
  return participant ? nameOf(participant) : id;
}

/**
 * Who is meant by an endpoint id or a display name; upper and lower case of a name count only where they must.
 * @throws UsageError `participant-unknown`, `participant-ambiguous`
 */
export function findParticipant(name: string, participants: ReadonlyMap<string, Participant>): Participant {
  const found = lookUpParticipant(name, participants);
  if (found) return found;
  const there = [...participants.values()].map(withId).join(', ') || 'nobody else';
  throw new UsageError(`nobody here is called ${inBrief(name)}; in the room: ${there}`, {
    code: 'participant-unknown',
  });
}

/**
 * The same for somebody who may not have come yet.
 * @throws UsageError `participant-ambiguous`
 */
export function lookUpParticipant(
  name: string,
  participants: ReadonlyMap<string, Participant>,
): Participant | undefined {
  const byId = participants.get(name);
  if (byId) return byId;
  const everybody = [...participants.values()];
  const same = everybody.filter(({ displayName }) => displayName === name);
  const similar = everybody.filter(({ displayName }) => displayName?.toLowerCase() === name.toLowerCase());
  const found = same.length > 0 ? same : similar;
  const [first, ...others] = found;
  if (others.length > 0) {
    throw new UsageError(
      `${inBrief(name)} may be any of ${found.map(withId).join(', ')}: use the id in brackets`,
      {
        code: 'participant-ambiguous',
      },
    );
  }
  return first;
}

/** As much of a typed name as an error shows. */
function inBrief(name: string): string {
  const characters = Array.from(name);
  return characters.length > longestName ? `${characters.slice(0, longestName).join('')}…` : name;
}

function withId(participant: Participant): string {
  return `${nameOf(participant)} (${participant.id})`;
}
