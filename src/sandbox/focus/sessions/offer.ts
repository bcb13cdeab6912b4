/** The session-initiate that a participant gets, from what it can do and what the bridge allocated (jicofo `JingleOfferFactory.java`). */
import type {
  Content,
  IceTransport,
  JingleMessage,
  RtpDescription,
  SourceSet,
} from '../../../jingle/model.ts';
import type { ParticipantFeatures } from '../features.ts';
import {
  audioHeaderExtensions,
  audioPayloadTypes,
  videoHeaderExtensions,
  videoPayloadTypes,
} from './payload-types.ts';

/** The audio and video halves; the bridge needs them before there is a transport. */
export function offerDescriptions(features: ParticipantFeatures, opusRed: boolean): RtpDescription[] {
  const shared = { feedback: [], extmapAllowMixed: true, rtcpMux: true };
  const audio: RtpDescription = {
    ...shared,
    media: 'audio',
    maxPtime: 60,
    payloadTypes: audioPayloadTypes(features, opusRed),
    headerExtensions: audioHeaderExtensions(features),
  };
  const video: RtpDescription = {
    ...shared,
    media: 'video',
    payloadTypes: videoPayloadTypes(features),
    headerExtensions: videoHeaderExtensions(features),
  };
  return [...(features.audio ? [audio] : []), ...(features.video ? [video] : [])];
}

export interface OfferInput {
  sid: string;
  /** Full JID of the focus' account: the initiator is that, not its occupant JID. */
  initiator: string;
  features: ParticipantFeatures;
  descriptions: readonly RtpDescription[];
  transport: IceTransport;
  sources: SourceSet;
  bridgeSession: { id: string; region: string };
  startMuted: { audio: boolean; video: boolean };
}

export function buildOffer(input: OfferInput): JingleMessage {
  const { features, transport } = input;
  const data: RtpDescription = {
    media: 'application',
    payloadTypes: [],
    feedback: [],
    headerExtensions: [],
    extmapAllowMixed: false,
    rtcpMux: true,
  };
  // Jicofo loses the data content while it writes sources as XML (`JingleSession.kt`, `toContents`).
  const withData = transport.sctp !== undefined && features.jsonSources;
  const { sctp: _, ...withoutSctp } = transport;
  const contents: Content[] = [
    ...input.descriptions.map((description) => content(description.media, description, withoutSctp)),
    ...(withData ? [content('data', data, transport)] : []),
  ];
  return {
    action: 'session-initiate',
    sid: input.sid,
    initiator: input.initiator,
    contents,
    bundle: contents.map(({ name }) => name),
    sources: input.sources,
    bridgeSession: input.bridgeSession,
    ...(input.startMuted.audio || input.startMuted.video ? { startMuted: input.startMuted } : {}),
  };
}

function content(name: string, description: RtpDescription, transport: IceTransport): Content {
  return { name, creator: 'initiator', senders: 'both', description, transport };
}
