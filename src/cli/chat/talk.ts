/** Carries out what somebody typed. */
import { UsageError } from '../../base/errors.ts';
import type { Conference } from '../../client/conference.ts';
import { findParticipant } from '../visit/participants.ts';
import { chatHelp, parseChatLine } from './chat-line.ts';
import type { ChatRecord } from './chat-record.ts';
import { peopleIn } from './room-report.ts';

export interface TalkPorts {
  conference: Pick<
    Conference,
    'chat' | 'participants' | 'endpointId' | 'nick' | 'raiseHand' | 'lowerHand' | 'setNick'
  >;
  report: (record: ChatRecord) => void;
  /** A sentence for whoever typed. */
  notice: (text: string) => void;
}

/**
 * Carries out one line; resolves when the room has confirmed what was said.
 * @returns false when the line says to leave
 * @throws UsageError for a line that cannot be carried out, and what sending throws
 */
export async function carryOut(line: string, { conference, report, notice }: TalkPorts): Promise<boolean> {
  const parsed = parseChatLine(line);
  switch (parsed.type) {
    case 'nothing':
      return true;
    case 'say':
      await conference.chat.send(parsed.text);
      return true;
    case 'message': {
      const { id } = addressee(parsed, conference.participants);
      await conference.chat.send(parsed.text, { to: id });
      report(ownPrivateMessage(conference, id, parsed.text));
      return true;
    }
    case 'raise':
      conference.raiseHand();
      return true;
    case 'lower':
      conference.lowerHand();
      return true;
    case 'nick':
      conference.setNick(parsed.name);
      return true;
    case 'who':
      report({ type: 'who', participants: peopleIn(conference) });
      return true;
    case 'help':
      notice(chatHelp);
      return true;
    case 'quit':
      return false;
    default:
      return parsed satisfies never;
  }
}

/** @throws UsageError, with a word about quotes where they seem to be missing */
function addressee(
  { to, text }: { to: string; text: string },
  participants: TalkPorts['conference']['participants'],
): ReturnType<typeof findParticipant> {
  try {
    return findParticipant(to, participants);
  } catch (error) {
    const said = `${to} ${text}`;
    const meant = [...participants.values()].find(({ displayName = '' }) =>
      said.startsWith(`${displayName} `),
    );
    if (!meant?.displayName || !(error instanceof UsageError)) throw error;
    throw new UsageError(
      `${error.message}; a name with spaces stands in quotes: /msg "${meant.displayName}" text`,
      {
        code: error.code,
      },
    );
  }
}

/** The room reflects what is said to all, but not what is said to one. */
function ownPrivateMessage(
  { endpointId, nick }: TalkPorts['conference'],
  to: string,
  text: string,
): ChatRecord {
  return {
    type: 'message',
    from: endpointId,
    name: nick,
    text,
    own: true,
    private: true,
    to,
    history: false,
    at: Date.now(),
  };
}
