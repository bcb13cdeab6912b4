/** Which part of a join the time in a CPU profile belongs to: that of the innermost function that says it. */

/** In this order, the first that fits. */
const kinds = [
  ['garbage collection', ({ functionName }) => functionName === '(garbage collector)'],
  [
    'loading modules',
    ({ url }) =>
      /^node:internal\/(modules|bootstrap|deps|process\/execution)|^node:module/.test(url) ||
      /node_modules\/(@peculiar|tsyringe|reflect-metadata)/.test(url),
  ],
  [
    'certificates',
    ({ url }) =>
      /own-certificate|dtls\/(identity|authentication)|node:internal\/crypto\/x509|@fidm/.test(url),
  ],
  ['curves in JavaScript', ({ url }) => /node_modules\/(tweetnacl|@noble\/curves)/.test(url)],
  ['DTLS', ({ url }) => /rtc\/werift\/dtls|binary-data/.test(url)],
  ['ICE', ({ url }) => /rtc\/werift\/ice/.test(url)],
  ['SRTP, RTP', ({ url }) => /\/(srtp|rtp)\//.test(url)],
  ['reading XML', ({ url }) => /\/xml\/parse|node_modules\/(saxes|xmlchars)/.test(url)],
  ['XMPP, Jingle', ({ url }) => /\/(xml|xmpp|jingle|jitsi|conference|sdp)\//.test(url)],
  ['WebSocket', ({ url }) => /\/net\/|node_modules\/ws\//.test(url)],
  ['client', ({ url }) => /\/(client|rtc|base)\//.test(url)],
];
/** @param profile as the inspector gives it. @returns ms in each part */
export function partsOf({ nodes, samples, timeDeltas }) {
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const known = new Map();
  const partOf = (id) => {
    if (id === undefined) return 'rest';
    if (!known.has(id)) {
      const frame = frames.get(id);
      const own = kinds.find(([, fits]) => fits(frame));
      known.set(id, own ? own[0] : partOf(parents.get(id)));
    }
    return known.get(id);
  };
  const parts = {};
  for (const [index, id] of samples.entries()) {
    if (['(idle)', '(root)'].includes(frames.get(id).functionName)) continue;
    const part = partOf(id);
    parts[part] = (parts[part] ?? 0) + timeDeltas[index] / 1000;
  }
  return parts;
}
