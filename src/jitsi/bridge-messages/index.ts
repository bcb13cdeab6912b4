/** The bridge channel's messages: types, reader, builders. */
export {
  buildAudioSubscription,
  buildClientHello,
  buildReceiverVideoConstraints,
  buildSourceVideoType,
  buildVideoType,
} from './build.ts';
export type {
  AudioSubscription,
  EndpointStatistics,
  ReceiverVideoConstraints,
  VideoConstraints,
} from './client-messages.ts';
export { buildEndpointMessage, buildEndpointStats, buildTextMessage, textOf } from './endpoint-message.ts';
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
export { parseBridgeMessage } from './parse.ts';
export { buildPong, readPing } from './ping.ts';
export { mergeReceiverVideoConstraints } from './receiver-constraints.ts';
