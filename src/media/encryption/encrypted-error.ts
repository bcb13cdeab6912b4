import { MediaError } from '../../base/errors.ts';

/** @param doing what nothing comes of, as in "hearing" */
export function encryptedError(doing: string, { sourceName }: { sourceName: string }): MediaError {
  const words = `${doing} ${sourceName}: it is end-to-end encrypted, and we have no key`;
  return new MediaError(words, { code: 'source-encrypted' });
}
