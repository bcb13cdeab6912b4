/** The options of a join, and what each may be. */
import {
  abortSignal,
  callback,
  checkOptions,
  duration,
  flag,
  isObject,
  isText,
  limit,
  type Kind,
  type Kinds,
  objectWith,
  oneOf,
  size,
  text,
  texts,
} from './check-arguments.ts';
import type { JoinOptions } from './join-options.ts';

const textsByName: Kind = {
  words: 'an object with texts',
  fits: (value) => isObject(value) && Object.values(value).every(isText),
};
const account: Kind = {
  words: '{ username, password }, both texts',
  fits: (value) => isObject(value) && isText(value['username']) && isText(value['password']),
};
const logger = objectWith('a logger, with log and child', 'log', 'child');
const clock = objectWith('a clock, with now and schedule', 'now', 'schedule');
const agent = objectWith('an Agent of node:http or node:https', 'addRequest');

const kinds: Kinds<JoinOptions> = {
  host: text,
  room: text,
  nick: text,
  password: text,
  token: {
    words: 'a text, or a function that gives one',
    fits: (value) => isText(value) || callback.fits(value),
  },
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
  networkThread: flag,
  iceTransportPolicy: oneOf('all', 'relay'),
  transport: oneOf('auto', 'websocket', 'bosh'),
  whenBridgeIsDown: oneOf('refuse', 'queue'),
  bridgeQueueLimit: size,
  insecure: flag,
  userAgent: text,
  ca: text,
  pinnedKeys: texts,
  proxy: text,
  agent,
  fetch: callback,
  logger,
  debug: flag,
  wire: callback,
  signal: abortSignal,
  joinTimeout: duration,
  sessionTimeout: duration,
  reconnect: {
    words: 'false, or { maxTime } in milliseconds',
    fits: (value) =>
      value === false ||
      (isObject(value) &&
        Object.entries(value).every(
          ([name, each]) => name === 'maxTime' && (each === undefined || duration.fits(each)),
        )),
  },
  whenDisconnected: oneOf('queue', 'refuse'),
  chatQueueLimit: limit,
  chatQueueAge: duration,
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

/** @throws UsageError `option-invalid`, `option-unknown` */
export function checkJoinOptions(options: unknown): asserts options is JoinOptions {
  checkOptions('joining a conference', kinds, options);
}
