/** Names of files: from counters and from what is safe in ids that others chose. What people call themselves is never part of a path. */

/** Characters of an id that are kept; the counter tells apart what is equal then. */
const longest = 24;

/**
 * @param counter from 1 on, of the recording
 * @param id of whose it is, from the network
 */
export function fileNameOf(counter: number, id: string, kind: 'audio' | 'video', extension: string): string {
  const safe = id.replace(/[^A-Za-z0-9]/g, '').slice(0, longest);
  const parts = [String(counter).padStart(4, '0'), safe, kind].filter((part) => part !== '');
  return `${parts.join('-')}.${extension}`;
}
