/** What a video may take of the way to the bridge: sound goes first, and videos share the rest. */

/** bit/s of speech or music in Opus, with headers */
const audioBitrate = 64_000;

/**
 * @param bitrate bit/s that the way carries
 * @param sent what is sent over it
 * @returns bit/s for each video
 */
export function videoShare(bitrate: number, sent: readonly { kind: 'audio' | 'video' }[]): number {
  const videos = sent.filter(({ kind }) => kind === 'video').length;
  const rest = bitrate - (sent.length - videos) * audioBitrate;
  return Math.floor(Math.max(0, rest) / Math.max(1, videos));
}
