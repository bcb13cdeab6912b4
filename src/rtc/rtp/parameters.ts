/** What a session's RTP packets look like, from its offer (media dossier 1.5, 2.3: an answer changes nothing). */
import type { HeaderExtension, JingleMessage, PayloadType, RtpDescription } from '../../jingle/model.ts';
import { type CodecName, codecNames, type RtpCodec, type RtpParameters } from '../../rtp/parameters.ts';

const extensionUris = {
  audioLevel: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level',
  absSendTime: 'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time',
  mid: 'urn:ietf:params:rtp-hdrext:sdes:mid',
  dependencyDescriptor:
    'https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension',
} as const;

const transportSequenceUri = 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01';

/** Codecs that we do not know are left out: nothing is done with their packets. */
export function rtpParameters(offer: JingleMessage): RtpParameters {
  const descriptions = offer.contents.flatMap(({ description }) => description ?? []);
  const extensions = descriptions.flatMap(({ headerExtensions }) => headerExtensions);
  const ids = Object.entries(extensionUris).map(([name, uri]) => [name, idOf(extensions, uri)]);
  const sequence = (media: 'audio' | 'video'): number | undefined =>
    idOf(
      descriptions.filter((each) => each.media === media).flatMap(({ headerExtensions }) => headerExtensions),
      transportSequenceUri,
    );
  return {
    codecs: descriptions.flatMap(codecsOf),
    extensions: {
      ...Object.fromEntries(ids),
      transportSequence: { audio: sequence('audio'), video: sequence('video') },
    },
  };
}

function codecsOf(description: RtpDescription): RtpCodec[] {
  const { media, payloadTypes } = description;
  if (media === 'application') return [];
  return payloadTypes.flatMap((payloadType): RtpCodec[] => {
    const name = payloadType.name.toLowerCase();
    if (!isCodecName(name)) return [];
    const { channels, clockRate, id } = payloadType;
    const feedback = [...description.feedback, ...payloadType.feedback];
    const has = (type: string, subtype?: string): boolean =>
      feedback.some((each) => each.type === type && each.subtype === subtype);
    return [
      {
        payloadType: id,
        name,
        kind: media,
        clockRate,
        channels,
        rtxPayloadType: payloadTypes.find((each) => isRetransmissionOf(each, id))?.id,
        nack: has('nack'),
        pli: has('nack', 'pli'),
        transportFeedback: has('transport-cc'),
      },
    ];
  });
}

/** RFC 4588, 8.6: `apt` names what it retransmits. */
function isRetransmissionOf({ name, parameters }: PayloadType, id: number): boolean {
  if (name.toLowerCase() !== 'rtx') return false;
  return parameters.some((parameter) => parameter.name === 'apt' && parameter.value === String(id));
}

function isCodecName(name: string): name is CodecName {
  return codecNames.some((each) => each === name);
}

function idOf(extensions: readonly HeaderExtension[], uri: string): number | undefined {
  return extensions.find((extension) => extension.uri === uri)?.id;
}
