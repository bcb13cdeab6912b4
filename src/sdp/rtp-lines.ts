/**
 * What an m-line says about RTP: `rtpmap`, `fmtp` (RFC 8866, 6.6, 6.15), `rtcp-fb` (RFC 4585, 4.2), `extmap` and
 * `extmap-allow-mixed` (RFC 8285), `rtcp-mux` (RFC 5761). Order and details as in lib-jitsi-meet's `SDP.ts`.
 */
import { defined } from '../base/defined.ts';
import type {
  FormatParameter,
  HeaderExtension,
  MediaType,
  PayloadType,
  RtcpFeedback,
  RtpDescription,
  Senders,
} from '../jingle/model.ts';
import { attribute, attributes, parseMediaLine } from './sdp.ts';

export function buildRtpLines(description: RtpDescription): string[] {
  const { payloadTypes, feedback, trrInt, headerExtensions, extmapAllowMixed } = description;
  return [
    ...payloadTypes.map(
      ({ id, name, clockRate, channels = 1 }) =>
        `a=rtpmap:${id} ${name}/${clockRate}${channels === 1 ? '' : `/${channels}`}`,
    ),
    ...payloadTypes.filter(({ parameters }) => parameters.length > 0).map(formatLine),
    'a=rtcp:1 IN IP4 0.0.0.0',
    // SDP has the interval for all payload types only (XEP-0293, 3).
    ...[...payloadTypes.map((payloadType) => payloadType.trrInt), trrInt]
      .filter((interval) => interval !== undefined)
      .map((interval) => `a=rtcp-fb:* trr-int ${interval}`),
    ...payloadTypes.flatMap((payloadType) => feedbackLines(String(payloadType.id), payloadType.feedback)),
    ...feedbackLines('*', feedback),
    ...headerExtensions.map(({ id, uri }) => `a=extmap:${id} ${uri}`),
    ...(extmapAllowMixed ? ['a=extmap-allow-mixed'] : []),
  ];
}

/**
 * @param lines an m-line's
 * @param session the session's, where header extensions may stand for all m-lines
 */
export function parseRtpLines(
  media: MediaType,
  lines: readonly string[],
  session: readonly string[],
): RtpDescription {
  const feedback = parseFeedback(lines);
  const formats = parseByFormat(lines, 'fmtp');
  const names = parseByFormat(lines, 'rtpmap');
  const ownExtensions = attributes(lines, 'extmap');
  return {
    media,
    payloadTypes: parseMediaLine(lines).formats.flatMap((id): PayloadType[] => {
      const [, name, clockRate, channels = '1'] =
        /^([^/]+)\/(\d{1,9})(?:\/(\d{1,3}))?$/.exec(names.get(id) ?? '') ?? [];
      if (name === undefined || !/^\d{1,3}$/.test(id)) return [];
      return [
        {
          id: Number(id),
          name,
          clockRate: Number(clockRate),
          channels: Number(channels),
          parameters: parseParameters(formats.get(id) ?? ''),
          feedback: feedback.get(id) ?? [],
        },
      ];
    }),
    feedback: feedback.get('*') ?? [],
    headerExtensions: (ownExtensions.length > 0 ? ownExtensions : attributes(session, 'extmap')).flatMap(
      parseExtension,
    ),
    extmapAllowMixed: [lines, session].some((each) => attribute(each, 'extmap-allow-mixed') !== undefined),
    rtcpMux: attribute(lines, 'rtcp-mux') !== undefined,
  };
}

function formatLine({ id, parameters }: PayloadType): string {
  const values = parameters.map(({ name, value }) => (name === '' ? value : `${name}=${value}`));
  return `a=fmtp:${id} ${values.join(';')}`;
}

function parseParameters(text: string): FormatParameter[] {
  return text.split(';').flatMap((part) => {
    const [, name = '', value = ''] = /^(?:([^=]*)=)?(.*)$/s.exec(part.trim()) ?? [];
    return value === '' ? [] : [{ name, value }];
  });
}

function feedbackLines(id: string, feedback: readonly RtcpFeedback[]): string[] {
  return feedback.map(
    ({ type, subtype }) => `a=rtcp-fb:${id} ${type}${subtype === undefined ? '' : ` ${subtype}`}`,
  );
}

/** By payload type id or `*`. The interval `trr-int` is left out: nobody reads it in an answer. */
function parseFeedback(lines: readonly string[]): Map<string, RtcpFeedback[]> {
  const result = new Map<string, RtcpFeedback[]>();
  for (const value of attributes(lines, 'rtcp-fb')) {
    const [id, type, subtype] = value.split(' ');
    if (!id || !type || type === 'trr-int') continue;
    const own = result.get(id) ?? [];
    own.push(defined({ type, subtype }));
    result.set(id, own);
  }
  return result;
}

/** Values of attributes of the form `NAME:FORMAT VALUE`. */
function parseByFormat(lines: readonly string[], name: string): Map<string, string> {
  return new Map(
    attributes(lines, name).map((value) => {
      const space = value.indexOf(' ');
      return [value.slice(0, space), value.slice(space + 1)];
    }),
  );
}

function parseExtension(value: string): HeaderExtension[] {
  const [, id, direction, uri] = /^(\d{1,3})(?:\/(\w+))? (\S+)/.exec(value) ?? [];
  if (id === undefined || uri === undefined) return [];
  return [
    defined({ id: Number(id), uri, senders: direction === undefined ? undefined : senders.get(direction) }),
  ];
}

/** The directions are the answerer's (lib-jitsi-meet `SDP.ts` `toJingle`). */
const senders: ReadonlyMap<string, Senders> = new Map([
  ['sendrecv', 'both'],
  ['sendonly', 'responder'],
  ['recvonly', 'initiator'],
  ['inactive', 'none'],
]);
