/**
 * Which folder of `src` may import which (docs/ARCHITECTURE.md). The structure test and the lint configuration both follow
 * this table.
 */

/** Each folder's direct neighbours below it; what those may import, it may import too. */
export const neighbours: Readonly<Record<string, readonly string[]>> = {
  base: [],
  xml: ['base'],
  xmpp: ['xml'],
  jingle: ['xmpp'],
  sdp: ['jingle'],
  rtp: ['base'],
  srtp: ['rtp'],
  jitsi: ['xmpp', 'jingle'],
  conference: ['jitsi', 'jingle'],
  net: ['base'],
  rtc: ['net', 'srtp', 'sdp', 'jitsi'],
  client: ['conference', 'rtc'],
  bot: ['client'],
  media: ['client'],
  // Codecs and engines only: client and sandbox have to be wrong independently of each other.
  sandbox: ['rtc'],
  cli: ['media', 'bot', 'sandbox'],
};

export const folders: readonly string[] = Object.keys(neighbours);

/** These run in a browser and in virtual time: no sockets, timers, clock, randomness or Node. */
export const pureFolders: readonly string[] = [
  'base',
  'xml',
  'xmpp',
  'jingle',
  'sdp',
  'rtp',
  'srtp',
  'jitsi',
  'conference',
];

/** The packages without input and output of their own, which the pure folders may use. */
export const purePackages: readonly string[] = ['saxes', 'acorn', '@noble/hashes'];

/** All folders that `folder` may import from, itself included. Files directly in `src` are the library's front: `client`'s. */
export function reachable(folder: string): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    for (const next of neighbours[name] ?? []) visit(next);
  };
  if (folder === '') visit('bot');
  else visit(folder);
  return found;
}
