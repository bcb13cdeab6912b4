/** What the calls of a media session take. */
import {
  callback,
  duration,
  isObject,
  isText,
  type Kind,
  type Kinds,
  objectWith,
  oneOf,
  texts,
  waitKinds,
} from '../check-arguments.ts';
import type { NegotiatorOptions } from '../../rtc/negotiator/negotiator.ts';
import type { OpenBridgeOptions } from './session-bridge.ts';
import type { ConnectOptions } from './session-carrier.ts';

export const peerConnection: Kind = objectWith(
  "a peer connection of W3C's shape",
  'setRemoteDescription',
  'createAnswer',
  'createDataChannel',
);
export const sourceSet: Kind = {
  words: '{ sources, groups }, both lists of objects',
  fits: (value) => isObject(value) && isObjects(value['sources']) && isObjects(value['groups']),
};
export const iceTransport: Kind = {
  words: 'an object with lists of fingerprints and candidates',
  fits: (value) => isObject(value) && isObjects(value['fingerprints']) && isObjects(value['candidates']),
};
export const jingleReason: Kind = {
  words: 'an object with a condition',
  fits: (value) => isObject(value) && isText(value['condition']),
};
export const negotiatorKinds: Kinds<NegotiatorOptions> = {
  semantics: oneOf('unified', 'plan-b'),
  protocols: texts,
};
export const openKinds: Kinds<OpenBridgeOptions> = { ...waitKinds, bridge: oneOf('auto', 'ws', 'sctp') };

export const connectKinds: Kinds<ConnectOptions & { signal?: AbortSignal }> = {
  ...waitKinds,
  patience: duration,
  made: callback,
  found: callback,
  disturbed: callback,
};

function isObjects(value: unknown): boolean {
  return Array.isArray(value) && value.every(isObject);
}
