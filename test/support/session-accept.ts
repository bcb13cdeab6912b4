/** Answers to an offer without a peer connection. */
import type { JingleMessage, MediaSession } from '../../src/index.ts';

/** What a client without media would answer, with these SSRCs as its own audio. */
export function acceptFor(session: MediaSession, endpointId: string, ssrcs: number[]): JingleMessage {
  return {
    action: 'session-accept',
    sid: session.sid,
    contents: [
      {
        name: 'audio',
        creator: 'responder',
        transport: {
          ufrag: 'abcd',
          pwd: 'abcdefghijklmnopqrstuv',
          rtcpMux: true,
          fingerprints: [{ hash: 'sha-256', value: Array(32).fill('AB').join(':'), setup: 'active' }],
          candidates: [],
          webSocketUrls: [],
        },
      },
    ],
    sources: ownSources(endpointId, ssrcs),
  };
}

/** Audio sources of ours. */
export function ownSources(endpointId: string, ssrcs: number[]): JingleMessage['sources'] {
  const sources = ssrcs.map((ssrc) => ({
    ssrc,
    mediaType: 'audio' as const,
    name: `${endpointId}-a0`,
    msid: `${endpointId}-audio-${ssrc} track`,
  }));
  return { sources, groups: [] };
}
