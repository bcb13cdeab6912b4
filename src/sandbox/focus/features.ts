/** What a participant can do, read from its disco#info features (jicofo `Features.kt`, `Participant.kt`). */
import { feature } from '../../jitsi/features.ts';

export interface ParticipantFeatures {
  audio: boolean;
  video: boolean;
  sctp: boolean;
  rtx: boolean;
  transportCc: boolean;
  remb: boolean;
  opusRed: boolean;
  jsonSources: boolean;
  ssrcRewriting: boolean;
  midDemux: boolean;
}

export function participantFeatures(announced: Iterable<string>): ParticipantFeatures {
  const has = new Set(announced);
  return {
    audio: has.has(feature.audio),
    video: has.has(feature.video),
    sctp: has.has(feature.dtlsSctp),
    rtx: has.has(feature.rtx),
    transportCc: has.has(feature.transportCc),
    remb: has.has(feature.remb),
    opusRed: has.has(feature.opusRed),
    jsonSources: has.has(feature.jsonSources),
    ssrcRewriting: has.has(feature.ssrcRewriting),
    midDemux: has.has(feature.midDemux),
  };
}

/** What Jicofo assumes of a participant that does not answer in time (`Features.defaultFeatures`). */
export const assumedFeatures: ParticipantFeatures = participantFeatures([
  feature.audio,
  feature.video,
  feature.dtlsSctp,
]);
