/**
 * A content of an offer as the lines of an m-line (RFC 9429, 5.2), in the order that lib-jitsi-meet's writer has
 * (lib-jitsi-meet `SDP.ts` `jingle2media`, sdp-transform).
 */
import type { Content, IceTransport, RtpDescription, Senders, Source, SourceSet } from '../jingle/model.ts';
import { buildRtpLines } from './rtp-lines.ts';
import type { Direction } from './sdp.ts';
import { buildTransportLines } from './transport-lines.ts';

/** What the m-lines of one content have in common: everything but port, mid, direction and sources. */
export interface SectionTemplate {
  kind: RtpDescription['media'];
  /** Direction by the content's `senders`; undefined when it has none. */
  direction: Direction | undefined;
  rejected: boolean;
  /** What follows the port in the m-line. */
  formats: string;
  media: readonly string[];
  /** What `transport` was made from. */
  ice: IceTransport | undefined;
  transport: readonly string[];
  end: readonly string[];
}

/** @returns undefined for a content that no m-line can be made of */
export function sectionTemplate(
  { description, transport, senders }: Content,
  protocols: readonly string[] | undefined,
): SectionTemplate | undefined {
  const common = {
    direction: senders && directions[senders],
    rejected: senders === 'rejected',
    ice: transport,
    transport: transport ? buildTransportLines(transport, protocols) : [],
  };
  const setup = transport?.fingerprints.find((fingerprint) => fingerprint.setup)?.setup;
  const setupLines = setup === undefined ? [] : [`a=setup:${setup}`];
  const rtcpMux = description?.rtcpMux ? ['a=rtcp-mux'] : [];
  if (transport?.sctp) {
    return {
      ...common,
      kind: 'application',
      formats: 'UDP/DTLS/SCTP webrtc-datachannel',
      media: setupLines,
      // The size that lib-jitsi-meet assumes of the bridge; signalling does not carry one.
      end: [...rtcpMux, `a=sctp-port:${transport.sctp.port}`, 'a=max-message-size:262144'],
    };
  }
  if (!description || description.media === 'application' || description.payloadTypes.length === 0)
    return undefined;
  return {
    ...common,
    kind: description.media,
    formats: ['UDP/TLS/RTP/SAVPF', ...description.payloadTypes.map(({ id }) => id)].join(' '),
    media: [...buildRtpLines(description), ...setupLines],
    end: rtcpMux,
  };
}

export interface SectionState {
  mid: string;
  direction: Direction | undefined;
  rejected: boolean;
}

export function sectionLines(
  template: SectionTemplate,
  { mid, direction, rejected }: SectionState,
  sources: SourceSet,
): string[] {
  return [
    `m=${template.kind} ${rejected ? 0 : 9} ${template.formats}`,
    'c=IN IP4 0.0.0.0',
    ...template.media,
    `a=mid:${mid}`,
    ...(direction === undefined ? [] : [`a=${direction}`]),
    ...template.transport,
    ...sources.sources.map((source) => `a=ssrc:${source.ssrc} msid:${msidOf(source)}`),
    ...sources.groups.map(({ semantics, ssrcs }) => `a=ssrc-group:${semantics} ${ssrcs.join(' ')}`),
    ...template.end,
  ];
}

const directions: Readonly<Record<Senders, Direction | undefined>> = {
  both: 'sendrecv',
  initiator: 'sendonly',
  responder: 'recvonly',
  none: 'inactive',
  rejected: undefined,
};

/** A source without msid (it needs none) gets one, or its SSRC would not be in the description at all. */
function msidOf({ msid, name, ssrc }: Source): string {
  const fallback = name ?? String(ssrc);
  // The characters that lib-jitsi-meet strips (`SDPUtil.filterSpecialChars`).
  return (msid ?? `${fallback} ${fallback}`).replace(/[\\/{,}+]/g, '');
}
