/** What happens in the room, as `chat` reports it: objects for `--json`, and lines made of them for people. */
import type { Departure } from '../../conference/events.ts';
import type { CloseInfo } from '../../conference/io.ts';

/** A participant in brief; `name` falls back to the endpoint id. */
export interface Person {
  id: string;
  name: string;
  role: string;
  handRaised: boolean;
}

/** The objects of `chat --json`, by `type`. */
export type ChatRecord =
  | {
      type: 'joined';
      room: string;
      roomJid: string;
      /** Our own endpoint id. */
      id: string;
      name: string;
      participants: readonly Person[];
    }
  | {
      type: 'message';
      /** By which others refer to it, as in `message-retracted`. */
      id?: string;
      /** Endpoint id; null when the room itself speaks. */
      from: string | null;
      name: string;
      text: string;
      own: boolean;
      private: boolean;
      /** With an own private message: the endpoint id it went to. */
      to?: string;
      history: boolean;
      /** ms since the epoch */
      at: number;
    }
  | {
      type: 'message-retracted';
      /** Of the message. */
      id: string;
      /** Endpoint id; null when the room itself, or a moderator through it, took it back. */
      from: string | null;
      name: string;
      own: boolean;
      private: boolean;
      history: boolean;
      /** ms since the epoch */
      at: number;
    }
  | ({ type: 'participant-joined' } & Person)
  | {
      type: 'participant-left';
      id: string;
      name: string;
      reason: Departure['reason'];
      text?: string;
      actor?: string;
    }
  | { type: 'participant-renamed'; id: string; name: string; previousName: string }
  | { type: 'hand'; id: string; name: string; raised: boolean }
  | { type: 'subject'; subject: string }
  | { type: 'who'; participants: readonly Person[] }
  | {
      type: 'ended';
      reason: CloseInfo['reason'];
      text?: string;
      actor?: string;
      alternativeRoom?: string;
      /** With `connection-lost`: the error's code and message. */
      code?: string;
      message?: string;
    };

/** A line for people: what was said is data, everything else status; an answer to a question is a notice. */
export type ChatText = { to: 'data'; name: string; text: string } | { to: 'status' | 'notice'; text: string };

const departed: Readonly<Record<Departure['reason'], string>> = {
  left: 'left',
  kicked: 'was kicked',
  banned: 'was banned',
  removed: 'was removed',
  'connection-lost': 'lost the connection',
  unseen: 'is gone',
};

/** The record as a line; undefined where people learn it anyway. */
export function textOf(record: ChatRecord): ChatText | undefined {
  const status = (text: string): ChatText => ({ to: 'status', text: `* ${text}` });
  switch (record.type) {
    case 'joined': {
      const others = record.participants.map(({ name }) => name).join(', ') || 'nobody else is here yet';
      return status(`in ${record.room} as ${record.name} (${record.id}); ${others}`);
    }
    case 'message': {
      // What we say now is on the screen already, or was written by the script that reads this.
      if (record.own && !record.history) return undefined;
      const marks = [...(record.history ? ['earlier'] : []), ...(record.private ? ['private'] : [])];
      const mark = marks.length === 0 ? '' : ` [${marks.join(', ')}]`;
      // A room tells newcomers only ids of those who have left.
      const name = record.history && record.name === record.from ? `somebody (${record.from})` : record.name;
      return { to: 'data', name, text: `${mark}: ${record.text}` };
    }
    case 'message-retracted':
      return status(`${record.name} took a ${record.private ? 'private ' : ''}message back`);
    case 'participant-joined':
      return status(`${record.name} joined`);
    case 'participant-left': {
      return status(
        `${record.name} ${departed[record.reason]}${record.text === undefined ? '' : ` (${record.text})`}`,
      );
    }
    case 'participant-renamed':
      return status(`${record.previousName} is now called ${record.name}`);
    case 'hand':
      return status(`${record.name} ${record.raised ? 'raised' : 'lowered'} the hand`);
    case 'subject':
      return status(
        record.subject === '' ? 'the room has no subject any more' : `subject: ${record.subject}`,
      );
    case 'who': {
      const people = record.participants.map(inBrief).join(', ') || 'nobody else is here';
      return { to: 'notice', text: `* ${people}` };
    }
    case 'ended':
      if (record.reason === 'left') return status('left the room');
      if (record.reason === 'destroyed')
        return status(`the room was closed${record.text === undefined ? '' : ` (${record.text})`}`);
      // The command ends with an error that says it.
      return undefined;
    default:
      return record satisfies never;
  }
}

function inBrief({ id, name, role, handRaised }: Person): string {
  const marks = [id, ...(role === 'moderator' ? [role] : []), ...(handRaised ? ['hand raised'] : [])];
  return `${name} (${marks.join(', ')})`;
}
