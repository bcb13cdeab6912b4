/** The flags of `sandbox`. */
import { isIPv6 } from 'node:net';
import { type Command, Option } from 'commander';
import { UsageError } from '../../base/errors.ts';
import { parseOrigin } from '../../sandbox/web/origins.ts';
import { type TalkPattern, talkPatterns } from '../robots/turns.ts';
import { checked, duration } from './join-flags.ts';

export interface SandboxFlags {
  listen: ListenAddress;
  tls?: boolean;
  bridge: 'ws' | 'sctp' | 'both';
  minParticipants: number;
  domain?: string;
  /** Of pages that may use it besides its own. */
  origin?: readonly string[];
  /** Participants that it joins with. */
  robots?: number;
  /** How these talk. */
  talk: TalkPattern;
  /** Passwords by room. */
  passwordRoom?: Readonly<Record<string, string>>;
  /** Commands come on stdin. */
  control?: boolean;
  json?: boolean;
  quiet?: boolean;
  debug?: boolean;
  /** ms; undefined: until it is interrupted */
  duration?: number;
}

export interface ListenAddress {
  host: string;
  /** 0: any free one */
  port: number;
}

/** Where robots are. */
export const robotRoom = 'demo';
/** Robots are in this process; so many have been seen to be no trouble. */
const mostRobots = 100;

export function addSandboxFlags(command: Command): Command {
  const listen = new Option('--listen <host:port>', 'address; port 0 takes any free one');
  const bridge = new Option('--bridge <kind>', 'channels to the bridge that are offered');
  const talk = new Option('--talk <pattern>', 'how robots talk: one after the other, or two at a time');
  return command
    .addOption(listen.default({ host: '127.0.0.1', port: 0 }, '127.0.0.1:0').argParser(listenAddress))
    .option('--tls', 'https and wss with a self-signed certificate; clients then need --insecure')
    .addOption(bridge.choices(['ws', 'sctp', 'both']).default('both'))
    .option('--min-participants <n>', 'participants it takes until they are offered media', count, 2)
    .option(
      '--robots <n>',
      `participants in the room ${robotRoom} who send video and speech-like sound`,
      robots,
    )
    .addOption(talk.choices(talkPatterns).default('turns'))
    .option('--domain <domain>', 'XMPP domain; needs no name server')
    .option('--origin <origin>', 'pages of this origin may use it too, * for all; may be repeated', origin)
    .option('--password-room <name=secret>', 'a room with a password; may be repeated', passwordRoom)
    .option('--control', 'play the faults that stdin asks for, a JSON object a line')
    .option('--duration <duration>', 'end after this time', duration)
    .option('--json', 'say where it listens as a JSON object')
    .option('--quiet', 'no status on stderr; warnings stay')
    .option('--debug', 'what happens inside on stderr');
}

/** @throws UsageError `listen-invalid` */
export function parseListenAddress(text: string): ListenAddress {
  const [, bracketed, name, port] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? name;
  const isHost = bracketed === undefined || isIPv6(bracketed);
  if (host === undefined || port === undefined || Number(port) > 65_535 || !isHost) {
    throw new UsageError(
      `${JSON.stringify(text)} is no address: write host:port, such as 127.0.0.1:8080 or [::1]:0`,
      {
        code: 'listen-invalid',
      },
    );
  }
  return { host, port: Number(port) };
}

function listenAddress(text: string): ListenAddress {
  return checked(() => parseListenAddress(text));
}

function count(text: string): number {
  return checked(() => {
    if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
    throw new UsageError('a whole number from 1 on is expected', { code: 'count-invalid' });
  });
}

function robots(text: string): number {
  return checked(() => {
    const value = Number(text);
    if (/^[1-9]\d{0,2}$/.test(text) && value <= mostRobots) return value;
    throw new UsageError(`a whole number from 1 to ${mostRobots} is expected`, { code: 'robots-invalid' });
  });
}

function origin(text: string, others: readonly string[] = []): readonly string[] {
  return checked(() => [...others, parseOrigin(text)]);
}

function passwordRoom(text: string, others: Readonly<Record<string, string>> = {}): Record<string, string> {
  return checked(() => {
    const [, name, secret] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
    if (name !== undefined && secret !== undefined) return { ...others, [name]: secret };
    throw new UsageError('a room and its password are expected, as in standup=secret', {
      code: 'password-room-invalid',
    });
  });
}
