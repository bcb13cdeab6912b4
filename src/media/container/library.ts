/**
 * Mediabunny, loaded when something is to be read or written by it, and never by those who only talk. By `require`, for that is one file: as
 * modules its hundreds of files take more than twice the time.
 */
import { createRequire } from 'node:module';

export type Mediabunny = typeof import('mediabunny');

let library: Mediabunny | undefined;

export function mediabunny(): Mediabunny {
  if (library) return library;
  library = createRequire(import.meta.url)('mediabunny') as Mediabunny;
  // It would write to the console what it thinks of a file.
  library.Logging.level = library.LogLevel.Silent;
  return library;
}
