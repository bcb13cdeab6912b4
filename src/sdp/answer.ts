/**
 * An SDP answer as session-accept, and what follows it (lib-jitsi-meet `SDP.ts` `toJingle`). There is one content for each
 * kind of media, however many m-lines; Jicofo reads of it the first transport, the sources and `initial-last-n`
 * (jicofo `Participant.kt` `onSessionOrTransportAccept`).
 */
import { defined } from '../base/defined.ts';
import { MediaError } from '../base/errors.ts';
import type { Content, IceTransport, JingleMessage, Senders } from '../jingle/model.ts';
import { type LocalSourceOptions, localSources } from './local-sources.ts';
import { parseRtpLines } from './rtp-lines.ts';
import { attribute, type Direction, directionOf, parseMediaLine, parseSdp, type Sdp } from './sdp.ts';
import { parseTransportLines } from './transport-lines.ts';

export interface AcceptOptions extends LocalSourceOptions {
  /** Our full JID. */
  responder?: string;
  /** lastN to begin with. */
  initialLastN?: number;
}

/**
 * @param answer the local description
 * @throws ParseError (`sdp-malformed`, `sdp-bad-candidate`) for text that is not SDP
 * @throws MediaError (`answer-incomplete`) without ICE credentials, fingerprint or DTLS role: the bridge could not connect
 */
export function buildAccept(offer: JingleMessage, answer: string, options: AcceptOptions): JingleMessage {
  const sdp = parseSdp(answer);
  const transport = answerTransport(sdp);
  const contents: Content[] = [];
  for (const lines of sdp.media) {
    const { kind } = parseMediaLine(lines);
    const name = kind === 'application' ? 'data' : kind;
    if (contents.some((content) => content.name === name)) continue;
    const { sctp } = parseTransportLines(lines, []);
    contents.push(
      defined({
        name,
        creator: 'responder' as const,
        senders: sendersOf(lines),
        description:
          kind === 'audio' || kind === 'video' ? parseRtpLines(kind, lines, sdp.session) : undefined,
        transport: sctp ? { ...transport, sctp } : transport,
        initialLastN: kind === 'video' ? options.initialLastN : undefined,
      }),
    );
  }
  return defined({
    action: 'session-accept',
    sid: offer.sid,
    initiator: offer.initiator,
    responder: options.responder,
    contents,
    bundle: contents.map(({ name }) => name),
    sources: localSources(sdp, options),
  });
}

/**
 * The transport of a local description, with the candidates in it; everything is bundled on the first m-line's.
 * @throws ParseError (`sdp-bad-candidate`), MediaError (`answer-incomplete`)
 */
export function answerTransport({ session, media }: Sdp): IceTransport {
  const lines = media.find((each) => attribute(each, 'ice-ufrag') !== undefined) ?? media[0] ?? [];
  const { sctp: _, ...transport } = parseTransportLines(lines, session);
  const role = transport.fingerprints[0]?.setup;
  const missing = [
    transport.ufrag ? [] : ['ice-ufrag'],
    transport.pwd ? [] : ['ice-pwd'],
    transport.fingerprints.length > 0 ? [] : ['fingerprint'],
    role === 'active' || role === 'passive' ? [] : ['setup (active or passive)'],
  ].flat();
  if (missing.length > 0) {
    throw new MediaError(
      `the answer lacks ${missing.join(', ')}; pass the local description as it is after setLocalDescription`,
      { code: 'answer-incomplete' },
    );
  }
  return transport;
}

/** `senders` in lib-jitsi-meet's reading, which is the offerer's side of the direction. */
function sendersOf(lines: readonly string[]): Senders | undefined {
  if (parseMediaLine(lines).port === 0 && attribute(lines, 'bundle-only') === undefined) return 'rejected';
  const direction = directionOf(lines);
  return direction && senders[direction];
}

const senders: Readonly<Record<Direction, Senders>> = {
  sendrecv: 'both',
  sendonly: 'initiator',
  recvonly: 'responder',
  inactive: 'none',
};
