/**
 * Payload types and header extensions, as they were offered to an endpoint: a bridge learns them from the offer, never from the answer
 * (jitsi-videobridge `Endpoint.kt`, `PayloadTypeUtil.kt`).
 */
import type { MediaType, PayloadType, RtpDescription } from '../../../jingle/model.ts';

export interface Format {
  payloadType: number;
  /** Lower-case: `vp8`, `opus`, `red`. */
  name: string;
  kind: MediaType;
  /** Hz */
  clockRate: number;
  /** Of its retransmissions (RFC 4588). */
  rtxPayloadType: number | undefined;
  pli: boolean;
}

/** Identifiers of the header extensions that a bridge knows. */
export interface ExtensionIds {
  audioLevel: number | undefined;
  videoOrientation: number | undefined;
  dependencyDescriptor: number | undefined;
  transportSequence: number | undefined;
  absSendTime: number | undefined;
  mid: number | undefined;
}

const uris: Readonly<Record<keyof ExtensionIds, string>> = {
  audioLevel: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level',
  videoOrientation: 'urn:3gpp:video-orientation',
  dependencyDescriptor:
    'https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension',
  transportSequence: 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
  absSendTime: 'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time',
  mid: 'urn:ietf:params:rtp-hdrext:sdes:mid',
};

export class EndpointFormats {
  /** By the payload type of the retransmission: what is retransmitted. */
  readonly retransmitted: ReadonlyMap<number, Format>;
  readonly extensions: Readonly<Record<MediaType, ExtensionIds>>;
  /** Picture loss indications were offered. */
  readonly hasPli: boolean;
  readonly #kinds: ReadonlySet<MediaType>;
  readonly #byPayloadType: ReadonlyMap<number, Format>;

  constructor(descriptions: readonly RtpDescription[]) {
    const formats = descriptions.flatMap(formatsOf);
    this.#byPayloadType = new Map(formats.map((format) => [format.payloadType, format]));
    this.retransmitted = new Map(
      formats.flatMap((format) =>
        format.rtxPayloadType === undefined ? [] : [[format.rtxPayloadType, format]],
      ),
    );
    this.hasPli = formats.some(({ pli }) => pli);
    this.#kinds = new Set(formats.map(({ kind }) => kind));
    const extensions = (kind: MediaType): ExtensionIds =>
      extensionsOf(descriptions.find(({ media }) => media === kind));
    this.extensions = { audio: extensions('audio'), video: extensions('video') };
  }

  /** Undefined for retransmissions too. */
  get(payloadType: number): Format | undefined {
    return this.#byPayloadType.get(payloadType);
  }

  /** One of video; undefined where none was offered. */
  get anyVideo(): Format | undefined {
    for (const format of this.#byPayloadType.values()) if (format.kind === 'video') return format;
    return undefined;
  }

  /** Something of this kind was offered. */
  has(kind: MediaType): boolean {
    return this.#kinds.has(kind);
  }
}

function formatsOf({ media, payloadTypes }: RtpDescription): Format[] {
  if (media === 'application') return [];
  const retransmissions = new Map(
    payloadTypes
      .filter(isRetransmission)
      .map((payloadType) => [retransmittedBy(payloadType), payloadType.id]),
  );
  return payloadTypes
    .filter((payloadType) => !isRetransmission(payloadType))
    .map(({ clockRate, feedback, id, name }) => ({
      payloadType: id,
      name: name.toLowerCase(),
      kind: media,
      clockRate,
      rtxPayloadType: retransmissions.get(id),
      pli: feedback.some(({ type, subtype }) => type === 'nack' && subtype === 'pli'),
    }));
}

function isRetransmission({ name }: PayloadType): boolean {
  return name.toLowerCase() === 'rtx';
}

function retransmittedBy({ parameters }: PayloadType): number {
  return Number(parameters.find(({ name }) => name === 'apt')?.value);
}

/**
 * Those that were offered last. Endpoints share them, for the header of a packet is made, and kept with it, once for each of these: without
 * that a conference's kept packets would take memory for each of its receivers.
 */
const offered = new Map<string, ExtensionIds>();
const maxOffered = 64;

function extensionsOf(description: RtpDescription | undefined): ExtensionIds {
  const ids = readExtensions(description);
  const key = JSON.stringify(ids);
  const known = offered.get(key) ?? ids;
  offered.delete(key);
  offered.set(key, known);
  for (const oldest of offered.keys()) {
    if (offered.size <= maxOffered) break;
    offered.delete(oldest);
  }
  return known;
}

function readExtensions(description: RtpDescription | undefined): ExtensionIds {
  const id = (name: keyof ExtensionIds): number | undefined =>
    description?.headerExtensions.find(({ uri }) => uri === uris[name])?.id;
  return {
    audioLevel: id('audioLevel'),
    videoOrientation: id('videoOrientation'),
    dependencyDescriptor: id('dependencyDescriptor'),
    transportSequence: id('transportSequence'),
    absSendTime: id('absSendTime'),
    mid: id('mid'),
  };
}
