/** The formats of an offer with Jicofo's default configuration (jicofo-common `reference.conf`, `CodecUtil.kt`). */
import type { FormatParameter, HeaderExtension, PayloadType, RtcpFeedback } from '../../../jingle/model.ts';
import type { ParticipantFeatures } from '../features.ts';

interface VideoCodec {
  name: string;
  id: number;
  rtxId: number;
  parameters: readonly FormatParameter[];
}

const av1: VideoCodec = { name: 'AV1', id: 41, rtxId: 42, parameters: [] };
const vp8: VideoCodec = { name: 'VP8', id: 100, rtxId: 96, parameters: [] };
const vp9: VideoCodec = { name: 'VP9', id: 101, rtxId: 97, parameters: [] };
const h264: VideoCodec = {
  name: 'H264',
  id: 107,
  rtxId: 99,
  // Several format parameters in one value: this is how `CodecUtil.kt` writes them.
  parameters: [{ name: 'profile-level-id', value: '42e01f;level-asymmetry-allowed=1;packetization-mode=1;' }],
};

const retransmissionFeedback: readonly RtcpFeedback[] = [
  { type: 'ccm', subtype: 'fir' },
  { type: 'nack' },
  { type: 'nack', subtype: 'pli' },
];

export function videoPayloadTypes(features: ParticipantFeatures): PayloadType[] {
  const feedback = [
    ...retransmissionFeedback,
    // REMB is offered only to those who cannot do transport-wide feedback (`ParticipantInviteRunnable.createOffer`).
    ...(features.remb && !features.transportCc ? [{ type: 'goog-remb' }] : []),
    ...transportCcFeedback(features),
  ];
  const codecs = [av1, vp8, h264, vp9].map(({ name, id, parameters }) => ({
    id,
    name,
    clockRate: 90_000,
    parameters,
    feedback,
  }));
  const retransmissions = [av1, vp8, vp9, h264].map((codec) => ({
    id: codec.rtxId,
    name: 'rtx',
    clockRate: 90_000,
    parameters: [{ name: 'apt', value: String(codec.id) }],
    feedback: codec === h264 ? [] : retransmissionFeedback,
  }));
  return features.rtx ? [...codecs, ...retransmissions] : codecs;
}

/** @param redEnabled RED is switched on in the deployment; it is then offered to those who can do it. */
export function audioPayloadTypes(features: ParticipantFeatures, redEnabled: boolean): PayloadType[] {
  const red: PayloadType = {
    id: 112,
    name: 'red',
    clockRate: 48_000,
    channels: 2,
    parameters: [{ name: '', value: '111/111' }],
    feedback: [],
  };
  const opus: PayloadType = {
    id: 111,
    name: 'opus',
    clockRate: 48_000,
    channels: 2,
    parameters: [
      { name: 'minptime', value: '10' },
      // Not twice redundant: in-band FEC is off wherever RED is on, even for those who do not get RED.
      ...(redEnabled ? [] : [{ name: 'useinbandfec', value: '1' }]),
    ],
    feedback: transportCcFeedback(features),
  };
  const telephoneEvent: PayloadType = {
    id: 126,
    name: 'telephone-event',
    clockRate: 8000,
    parameters: [],
    feedback: [],
  };
  return [...(redEnabled && features.opusRed ? [red] : []), opus, telephoneEvent];
}

export function audioHeaderExtensions(features: ParticipantFeatures): HeaderExtension[] {
  return [
    { id: 1, uri: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level' },
    mid,
    ...(features.transportCc ? [transportCc] : []),
  ];
}

export function videoHeaderExtensions(features: ParticipantFeatures): HeaderExtension[] {
  return [
    {
      id: 11,
      uri: 'https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension',
    },
    mid,
    { id: 3, uri: 'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time' },
    ...(features.transportCc ? [transportCc] : []),
  ];
}

const mid: HeaderExtension = { id: 10, uri: 'urn:ietf:params:rtp-hdrext:sdes:mid' };
const transportCc: HeaderExtension = {
  id: 5,
  uri: 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
};

function transportCcFeedback(features: ParticipantFeatures): RtcpFeedback[] {
  return features.transportCc ? [{ type: 'transport-cc' }] : [];
}
