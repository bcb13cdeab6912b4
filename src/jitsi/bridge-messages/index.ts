/** The bridge channel's messages: types, parser, builders. */
export type {
  AudioSubscription,
  ClientMessage,
  EndpointStatistics,
  ReceiverVideoConstraints,
  VideoConstraints,
} from './client-messages.ts';
export type {
  AudioSourceMapping,
  BridgeMessage,
  BridgeMessageOf,
  BridgeVideoType,
  EndpointMessage,
  EndpointStats,
  KnownBridgeMessage,
  UnknownBridgeMessage,
  VideoSourceMapping,
} from './messages.ts';
