/** A line that somebody types into `chat`. */
import { UsageError } from '../../base/errors.ts';

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
  'commands: /raise  /lower  /msg NICK text  /nick NEW  /who  /help  /quit   (//text sends a line that begins with /)';

/** @throws UsageError `chat-command` */
export function parseChatLine(line: string): ChatLine {
  if (line.trim() === '') return { type: 'nothing' };
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
      if (rest !== '') throw unusable(`/${command} takes nothing after it`);
      return { type: command };
    case 'msg': {
      // A name with spaces stands in quotes.
      const [, quoted, bare, text] = /^(?:"([^"]+)"|([^\s"]\S*))\s+(.+)$/s.exec(rest) ?? [];
      const to = quoted ?? bare;
      if (to === undefined || text === undefined)
        throw unusable('/msg needs a name and a text: /msg NICK text');
      return { type: 'message', to, text };
    }
    case 'nick':
      if (rest === '') throw unusable('/nick needs a name: /nick NEW');
      return { type: 'nick', name: rest };
    default:
      throw unusable(`there is no command /${command}; ${chatHelp}`);
  }
}

function unusable(message: string): UsageError {
  return new UsageError(message, { code: 'chat-command' });
}
