/** What `play` is to do, from its words and flags. */
import { statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { messageOf, UsageError } from '../../base/errors.ts';
import type { Playable } from '../../media/speaking/player/playable.ts';
import type { PlayFlags } from './flags.ts';

export interface PlayPlan {
  url: string | undefined;
  sounds: readonly Playable[];
}

/**
 * Nobody joins for files that are not there.
 * @param first the first word: the meeting, unless `--host` and `--room` say that
 * @throws UsageError `play-nothing`, `play-stdin`, `play-unreadable`, `engine-no-media`
 */
export function planPlay(
  first: string | undefined,
  rest: readonly string[],
  { engine, host, loop, room }: PlayFlags,
  stdin: Readable,
): PlayPlan {
  if (engine === 'node-datachannel')
    throw new UsageError('--engine node-datachannel carries data only; for audio choose werift', {
      code: 'engine-no-media',
    });
  const isElsewhere = host !== undefined && room !== undefined;
  const words = isElsewhere && first !== undefined ? [first, ...rest] : rest;
  if (words.length === 0)
    throw new UsageError('nothing to play: give files, addresses, or - for stdin, after the meeting', {
      code: 'play-nothing',
    });
  const fromStdin = words.filter((word) => word === '-').length;
  if (fromStdin > 1 || (fromStdin > 0 && loop === true))
    throw new UsageError('stdin (-) comes once: it can be played once, and not with --loop', {
      code: 'play-stdin',
    });
  for (const word of words) if (word !== '-' && !word.includes('://')) checkFile(word);
  return {
    url: isElsewhere ? undefined : first,
    sounds: words.map((word) => (word === '-' ? stdin : word)),
  };
}

function checkFile(path: string): void {
  try {
    if (!statSync(path).isDirectory()) return;
  } catch (cause) {
    throw new UsageError(`playing ${path}: ${messageOf(cause)}`, { code: 'play-unreadable', cause });
  }
  throw new UsageError(`playing ${path}: it is a folder`, { code: 'play-unreadable' });
}
