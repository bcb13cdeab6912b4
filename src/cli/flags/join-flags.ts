/** The flags of every command that joins a room. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { messageOf } from '../../base/errors.ts';
import { checkPins } from '../../net/pinned-key.ts';
import { parseDuration } from './durations.ts';

export interface JoinFlags {
  host?: string;
  room?: string;
  nick?: string;
  password?: string;
  token?: string;
  /** User name of an account, with or without its domain. */
  login?: string;
  endpointId?: string;
  debug?: boolean;
  insecure?: boolean;
  /** A file in PEM. */
  ca?: string;
  pinnedKeys?: readonly string[];
  /** URL, or `none`; undefined: as the environment says. */
  proxy?: string;
  userAgent?: string;
  transport?: 'auto' | 'websocket' | 'bosh';
  reconnect?: false | { maxTime: number };
  /** ms to wait for the media session; Infinity: for ever */
  timeout?: number;
  json?: boolean;
  quiet?: boolean;
  /** ms; undefined or Infinity: stays */
  duration?: number;
  wire?: string;
  xmppDomain?: string;
  muc?: string;
  focus?: string;
  websocket?: string;
  conferenceRequestUrl?: string;
}

/** ms */
const defaultTimeout = 60_000;

export function addJoinFlags(command: Command): Command {
  const timeout = new Option(
    '--timeout <duration>',
    'how long to wait for the media session; none: for ever',
  );
  const transport = new Option(
    '--transport <kind>',
    'what carries the signalling; auto (default): a WebSocket, BOSH where none opens',
  );
  timeout.default(defaultTimeout, '60s').argParser(duration);
  return command
    .argument('[url]', 'the meeting, as https://meet.example.com/room; instead of --host and --room')
    .option('--host <host>', 'name, name:port, or a URL with scheme (http:// means no TLS)')
    .option('--room <room>', 'name of the room')
    .option('--nick <name>', 'display name (default: a generated one)')
    .option('--password <secret>', "the room's password; better in JCLI_PASSWORD, or typed when asked for")
    .option('--token <jwt>', 'token of a deployment that wants one; better in JCLI_TOKEN')
    .option(
      '--login <user>',
      'account to log in with; its password in JCLI_LOGIN_PASSWORD, or typed when asked for',
    )
    .option('--endpoint-id <id>', 'our id in the room (default: 8 random hex digits)')
    .addOption(timeout)
    .option('--duration <duration>', 'leave after this time', duration)
    .option(
      '--reconnect <duration>',
      'how long to try when the connection is lost: none, or forever (default; 60s for info, bench, dc-raw with input)',
      reconnecting,
    )
    .option('--json', 'one JSON object a line')
    .option('--quiet', 'no status on stderr; warnings stay')
    .option('--debug', 'the whole conversation with the server on stderr, secrets taken out')
    .option('--wire <file>', 'the same as JSON lines into a file')
    .option('--insecure', 'do not check certificates')
    .option('--ca <file>', "authorities (PEM) that count in place of the system's")
    .option('--pinned-keys <keys>', 'keys the servers must have: sha256//BASE64, with commas between', pins)
    .option('--proxy <url>', 'HTTP proxy for all but media; none: none (default: as HTTPS_PROXY etc. say)')
    .addOption(transport.choices(['auto', 'websocket', 'bosh']))
    .option('--user-agent <text>', 'how we call ourselves to web servers')
    .optionsGroup('Where the deployment is, if its config.js does not tell:')
    .option('--xmpp-domain <domain>', 'XMPP domain (hosts.domain)')
    .option('--muc <domain>', 'domain of the rooms (hosts.muc)')
    .option('--focus <address>', 'the focus: a domain or a full address (hosts.focus)')
    .option('--websocket <url>', 'URL of the XMPP WebSocket')
    .option('--conference-request-url <url>', 'URL for conference requests over HTTP');
}

function pins(text: string): readonly string[] {
  return checked(() => {
    const keys = text.split(',');
    checkPins(keys);
    return keys;
  });
}

/** A flag's value that is a duration. */
export function duration(text: string): number {
  return checked(() => parseDuration(text));
}

/** For how long a lost connection is tried to be made again. */
function reconnecting(text: string): false | { maxTime: number } {
  if (text === 'none') return false;
  return { maxTime: text === 'forever' ? Infinity : duration(text) };
}

/** Runs a parser of ours inside commander's, which adds the flag's name to the message. */
export function checked<Value>(parse: () => Value): Value {
  try {
    return parse();
  } catch (error) {
    throw new InvalidArgumentError(messageOf(error));
  }
}
