/**
 * SDP text (RFC 8866) as lines: lossless, in their order, with the questions that one asks an offer or answer of JSEP.
 */
import { ParseError } from '../base/errors.ts';

/** Lines without their ends: the session's, and those of each m-line, which is the first of its own. */
export interface Sdp {
  session: readonly string[];
  media: readonly (readonly string[])[];
}

/** @throws ParseError (`sdp-malformed`) */
export function parseSdp(text: string): Sdp {
  const session: string[] = [];
  const media: string[][] = [];
  let section = session;
  for (const line of text.split(/\r\n|[\r\n]/)) {
    if (line === '') continue;
    if (!/^[a-z]=/.test(line)) throw malformed(`${JSON.stringify(line.slice(0, 60))} is not a line of SDP`);
    if (line.startsWith('m=')) media.push((section = []));
    section.push(line);
  }
  if (session[0] !== 'v=0') throw malformed('it does not begin with v=0');
  return { session, media };
}

/** A line break inside a value would start a line of its own, of a foreigner's making: they are dropped. */
export function writeSdp({ session, media }: Sdp): string {
  return [session, ...media].flatMap((lines) => lines.map((line) => `${clean(line)}\r\n`)).join('');
}

/** The value of the first `a=NAME:VALUE`; '' for `a=NAME`. */
export function attribute(lines: readonly string[], name: string): string | undefined {
  const line = lines.find((each) => hasName(each, name));
  return line?.slice(name.length + 3);
}

/** The values of all `a=NAME:VALUE`. */
export function attributes(lines: readonly string[], name: string): string[] {
  return lines.filter((line) => hasName(line, name)).map((line) => line.slice(name.length + 3));
}

export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** The direction that these lines state. */
export function directionOf(lines: readonly string[]): Direction | undefined {
  return directions.find((direction) => attribute(lines, direction) !== undefined);
}

const directions: readonly Direction[] = ['sendrecv', 'sendonly', 'recvonly', 'inactive'];

export interface MediaLine {
  /** `audio`, `video`, `application` */
  kind: string;
  port: number;
  protocol: string;
  formats: readonly string[];
}

/** @throws ParseError (`sdp-malformed`) */
export function parseMediaLine(lines: readonly string[]): MediaLine {
  const [kind, port, protocol, ...formats] = lines[0]?.slice(2).split(' ') ?? [];
  if (!kind || !port || !/^\d{1,5}(?:\/\d+)?$/.test(port) || !protocol) {
    throw malformed(`${JSON.stringify(lines[0]?.slice(0, 60))} is not an m-line`);
  }
  return { kind, port: Number.parseInt(port, 10), protocol, formats };
}

function hasName(line: string, name: string): boolean {
  return line.startsWith(`a=${name}`) && (line.length === name.length + 2 || line[name.length + 2] === ':');
}

function clean(line: string): string {
  // oxlint-disable-next-line no-control-regex
  return /[\r\n\u0000]/.test(line) ? line.replace(/[\r\n\u0000]/g, '') : line;
}

function malformed(reason: string): ParseError {
  return new ParseError('sdp', 'sdp-malformed', `unusable SDP: ${reason}`);
}
