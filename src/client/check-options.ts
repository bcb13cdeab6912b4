/** What programs without types get wrong about the options of a join: said at once, instead of done otherwise in silence. */
import { UsageError } from '../base/errors.ts';
import { nearNames } from '../base/near-names.ts';
import type { JoinOptions } from './join-options.ts';

interface Kind {
  /** In words, after "is to be". */
  words: string;
  fits(value: unknown): boolean;
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const has = (...names: readonly string[]): Kind['fits'] => {
  return (value) => isObject(value) && names.every((name) => typeof value[name] === 'function');
};

const text: Kind = { words: 'a text', fits: isText };
const flag: Kind = { words: 'true or false', fits: (value) => typeof value === 'boolean' };
const duration: Kind = {
  words: 'a number of milliseconds, Infinity for no limit',
  fits: (value) => typeof value === 'number' && value >= 0,
};
const size: Kind = { words: 'a number of bytes', fits: duration.fits };
const texts: Kind = {
  words: 'a list of texts',
  fits: (value) => Array.isArray(value) && value.every(isText),
};
const textsByName: Kind = {
  words: 'an object with texts',
  fits: (value) => isObject(value) && Object.values(value).every(isText),
};
const account: Kind = {
  words: '{ username, password }, both texts',
  fits: (value) => isObject(value) && isText(value['username']) && isText(value['password']),
};
const callback: Kind = { words: 'a function', fits: (value) => typeof value === 'function' };
const logger: Kind = { words: 'a logger, with log and child', fits: has('log', 'child') };
const clock: Kind = { words: 'a clock, with now and schedule', fits: has('now', 'schedule') };
const abortSignal: Kind = { words: 'an AbortSignal', fits: has('addEventListener', 'throwIfAborted') };
const agent: Kind = { words: 'an Agent of node:http or node:https', fits: has('addRequest') };
const oneOf = (...values: readonly string[]): Kind => ({
  words: values.map((value) => JSON.stringify(value)).join(' or '),
  fits: (value) => isText(value) && values.includes(value),
});

const kinds: Readonly<Record<keyof JoinOptions, Kind>> = {
  host: text,
  room: text,
  nick: text,
  password: text,
  token: text,
  login: account,
  endpointId: text,
  email: text,
  avatarUrl: text,
  region: text,
  codecs: texts,
  properties: textsByName,
  media: flag,
  ssrcRewriting: flag,
  congestionControl: flag,
  bridge: oneOf('auto', 'ws', 'sctp'),
  engine: oneOf('auto', 'werift', 'node-datachannel'),
  transport: oneOf('auto', 'websocket', 'bosh'),
  whenBridgeIsDown: oneOf('refuse', 'queue'),
  bridgeQueueLimit: size,
  insecure: flag,
  userAgent: text,
  agent,
  fetch: callback,
  logger,
  debug: flag,
  wire: callback,
  signal: abortSignal,
  joinTimeout: duration,
  sessionTimeout: duration,
  xmppDomain: text,
  muc: text,
  focus: text,
  websocket: text,
  conferenceRequestUrl: text,
  useKnownConfig: flag,
  pipelining: flag,
  machineUid: text,
  clock,
  mediaClock: clock,
  random: callback,
};

/** An option that is undefined is as good as one that is not there. @throws UsageError `option-invalid`, `option-unknown` */
export function checkJoinOptions(options: unknown): asserts options is JoinOptions {
  if (!isObject(options)) throw invalid(`the options are to be an object, got ${nameOf(options)}`);
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    if (!isKnown(name)) throw unknownOption(name);
    const { fits, words } = kinds[name];
    if (!fits(value)) throw invalid(`the option ${name} is to be ${words}, got ${nameOf(value)}`);
  }
}

function isKnown(name: string): name is keyof JoinOptions {
  return Object.hasOwn(kinds, name);
}

function invalid(what: string): UsageError {
  return new UsageError(`joining a conference: ${what}`, { code: 'option-invalid' });
}

function unknownOption(name: string): UsageError {
  const names = Object.keys(kinds);
  const near = nearNames(name, names);
  const hint = near.length > 0 ? `did you mean ${near.join(' or ')}?` : `there are: ${names.join(', ')}`;
  return new UsageError(`joining a conference: there is no option ${JSON.stringify(name)}; ${hint}`, {
    code: 'option-unknown',
  });
}

/** Never the value itself: it may be a password in the wrong place. */
function nameOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number') return String(value);
  return typeof value === 'undefined' ? 'nothing' : `a value of type ${typeof value}`;
}
