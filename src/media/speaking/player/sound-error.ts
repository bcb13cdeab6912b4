import { MediaError } from '../../../base/errors.ts';

/** @param what completes "playing NAME: …" */
export function unusable(name: string, what: string): MediaError {
  return new MediaError(`playing ${name}: ${what}`, { code: 'sound-unusable' });
}
