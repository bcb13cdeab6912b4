/**
 * Candidate lines (RFC 8839, 5.1; `tcptype` RFC 6544, 4.5; `generation` as browsers write it). Other extensions are left
 * out.
 */
import { defined } from '../base/defined.ts';
import { ParseError } from '../base/errors.ts';
import type { IceCandidate } from '../jingle/model.ts';

/**
 * @param line `candidate:…` as in W3C's RTCIceCandidate, or with `a=` in front as in SDP
 * @throws ParseError (`sdp-bad-candidate`)
 */
export function parseCandidate(line: string): IceCandidate {
  const [, fields] = /^(?:a=)?candidate:(\S.*)$/s.exec(line.trimEnd()) ?? [];
  const [foundation, component, protocol, priority, ip, port, typ, type, ...extensions] =
    fields?.split(/\s+/) ?? [];
  const extension = (name: string): string | undefined => {
    const at = extensions.findIndex((word, index) => index % 2 === 0 && word === name);
    return at < 0 ? undefined : extensions[at + 1];
  };
  const numbers = {
    component: integer(component, 256),
    priority: integer(priority, 2 ** 32 - 1),
    port: integer(port, 65535),
  };
  if (
    !foundation ||
    !numbers.component ||
    !protocol ||
    numbers.priority === undefined ||
    !ip ||
    numbers.port === undefined ||
    typ !== 'typ' ||
    !type
  ) {
    throw new ParseError(
      'sdp',
      'sdp-bad-candidate',
      `unusable ICE candidate ${JSON.stringify(line.slice(0, 100))}`,
    );
  }
  return defined({
    foundation,
    component: numbers.component,
    protocol: protocol.toLowerCase(),
    priority: numbers.priority,
    ip,
    port: numbers.port,
    type,
    relatedAddress: extension('raddr'),
    relatedPort: integer(extension('rport'), 65535),
    tcpType: extension('tcptype'),
    generation: integer(extension('generation'), 2 ** 32 - 1) ?? 0,
  });
}

/** `candidate:…`, for SDP with `a=` in front. */
export function buildCandidate(candidate: IceCandidate): string {
  const { foundation, component, protocol, priority, ip, port, type } = candidate;
  const { relatedAddress, relatedPort, tcpType, generation } = candidate;
  const words = [foundation, component, protocol, priority, ip, port, 'typ', type];
  if (type !== 'host' && relatedAddress !== undefined && relatedPort !== undefined) {
    words.push('raddr', relatedAddress, 'rport', relatedPort);
  }
  if (protocol === 'tcp' && tcpType !== undefined) words.push('tcptype', tcpType);
  words.push('generation', generation);
  return `candidate:${words.join(' ')}`;
}

function integer(text: string | undefined, high: number): number | undefined {
  return text !== undefined && /^\d{1,10}$/.test(text) && Number(text) <= high ? Number(text) : undefined;
}
