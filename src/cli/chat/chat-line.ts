/** A line that somebody types into `chat`. */
import { UsageError } from '../../base/errors.ts';
import { isBlank } from '../../jitsi/blank-text.ts';

export type ChatLine =
  | { type: 'nothing' }
  | { type: 'say'; text: string }
  | { type: 'raise' }
  | { type: 'lower' }
  | { type: 'quit' }
  | { type: 'who' }
  | { type: 'help' }
  /** to one participant alone */
  | { type: 'message'; to: string; text: string }
  | { type: 'nick'; name: string };

export const chatHelp =
  'commands: /raise  /lower  /msg NICK text  /nick NEW  /who  /help  /quit (or /exit, /leave)   (//text sends a line that begins with /)';

/** @throws UsageError `chat-command` */
export function parseChatLine(line: string): ChatLine {
  if (isBlank(line)) return { type: 'nothing' };
  if (!line.startsWith('/')) return { type: 'say', text: line };
  if (line.startsWith('//')) return { type: 'say', text: line.slice(1) };
  const [, command = '', after = ''] = /^\/(\S*)(.*)$/s.exec(line) ?? [];
  const rest = after.trim();
  switch (command) {
    case 'raise':
    case 'lower':
    case 'quit':
    case 'who':
    case 'help':
      refuseWords(command, rest);
      return { type: command };
    case 'exit':
    case 'leave':
      refuseWords(command, rest);
      return { type: 'quit' };
    case 'msg': {
      // A name with spaces stands in quotes.
      const [, quoted, bare, text] = /^(?:"([^"]+)"|([^\s"]\S*))\s+(.+)$/s.exec(rest) ?? [];
      const to = quoted ?? bare;
      if (to === undefined || text === undefined || isBlank(text))
        throw unusable(
          rest === ''
            ? '/msg needs a name and a text: /msg NICK text'
            : `/msg ${rest.slice(0, 200)}: there is no text after the name: /msg NICK text, a name with spaces in quotes`,
        );
      return { type: 'message', to, text };
    }
    case 'nick':
      if (isBlank(rest)) throw unusable('/nick needs a name: /nick NEW');
      return { type: 'nick', name: rest };
    default:
      throw unusable(`there is no command /${command.slice(0, 60)}; ${chatHelp}`);
  }
}

/** What was written after a command may have been meant for everybody to read. */
function refuseWords(command: string, words: string): void {
  if (words === '') return;
  throw unusable(
    `/${command} takes nothing after it, and nothing was done; send the words in a line of their own: ${words.slice(0, 200)}`,
  );
}

function unusable(message: string): UsageError {
  return new UsageError(message, { code: 'chat-command' });
}
