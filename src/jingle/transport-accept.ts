/**
 * The session-accept of a participant that has no SDP: our transport, and our sources if there are any (jicofo
 * `ConferenceUtil.kt` `getTransport`: the first transport counts; `Participant.kt` `onSessionOrTransportAccept`: payload types and
 * extensions are not read, those of the offer hold).
 */
import { defined } from '../base/defined.ts';
import type { Content, IceTransport, JingleMessage, SourceSet } from './model.ts';

export interface TransportAcceptOptions {
  /** Our side, whose fingerprint says `active` or `passive`. */
  transport: IceTransport;
  /** What we send. Default nothing. */
  sources?: SourceSet;
  /** How many videos the bridge forwards until we say more; needs video in the offer. */
  initialLastN?: number;
  /** Our full JID. */
  responder?: string;
}

/** Each content of the offer is accepted, all on the one transport. */
export function buildTransportAccept(offer: JingleMessage, options: TransportAcceptOptions): JingleMessage {
  const { transport, sources = { sources: [], groups: [] }, initialLastN, responder } = options;
  const { sctp: _, ...withoutSctp } = transport;
  const contents = offer.contents.map(
    ({ name, description, transport: offered }): Content =>
      defined({
        name,
        creator: 'responder' as const,
        senders: 'both' as const,
        description:
          description?.media === 'audio' || description?.media === 'video'
            ? { ...emptyDescription, media: description.media }
            : undefined,
        transport: offered?.sctp ? { ...withoutSctp, sctp: { ...offered.sctp, streams: 0 } } : withoutSctp,
        initialLastN: name === 'video' ? initialLastN : undefined,
      }),
  );
  return defined({
    action: 'session-accept',
    sid: offer.sid,
    initiator: offer.initiator,
    responder,
    contents,
    bundle: contents.map(({ name }) => name),
    sources,
  });
}

const emptyDescription = {
  payloadTypes: [],
  feedback: [],
  headerExtensions: [],
  extmapAllowMixed: false,
  rtcpMux: true,
} as const;
