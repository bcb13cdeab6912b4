/** The bridge's own sources, with which it sends RTCP and probes. */
import { type RandomBytes, randomUint32 } from '../../base/random.ts';
import type { SourceSet } from '../../jingle/model.ts';

/** jitsi-videobridge `Colibri2ConferenceHandler.buildFeedbackSources`; the browser client orders m-lines by `mixedmslabel`. */
export function placeholderSources(random: RandomBytes): SourceSet {
  return {
    sources: (['audio', 'video'] as const).map((mediaType) => ({
      ssrc: randomUint32(random),
      mediaType,
      owner: 'jvb',
      name: `jvb-${mediaType === 'audio' ? 'a0' : 'v0'}`,
      msid: `mixedmslabel mixedlabel${mediaType}0`,
    })),
    groups: [],
  };
}
