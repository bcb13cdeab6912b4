/** What a transport's packets look like, as the offer said: one set for all of them, whoever sent them. */

export const codecNames = ['opus', 'vp8', 'vp9', 'h264', 'av1'] as const;

export type CodecName = (typeof codecNames)[number];

export type MediaKind = 'audio' | 'video';

export interface RtpCodec {
  /** 0 to 127 */
  payloadType: number;
  name: CodecName;
  kind: MediaKind;
  /** Hz, what timestamps count. */
  clockRate: number;
  channels?: number | undefined;
  /** Retransmissions of this codec's packets (RFC 4588). */
  rtxPayloadType?: number | undefined;
  /** Feedback that was offered. */
  nack: boolean;
  pli: boolean;
  transportFeedback: boolean;
}

/** Identifiers of header extensions (RFC 8285). */
export interface RtpExtensionIds {
  audioLevel?: number | undefined;
  /** Transport-wide sequence numbers, where each kind of media has them. */
  transportSequence?: { audio?: number | undefined; video?: number | undefined } | undefined;
  absSendTime?: number | undefined;
  mid?: number | undefined;
  dependencyDescriptor?: number | undefined;
}

export interface RtpParameters {
  /** Retransmissions have no entry of their own: they are `rtxPayloadType` of theirs. */
  codecs: readonly RtpCodec[];
  extensions: RtpExtensionIds;
}
