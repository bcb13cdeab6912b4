/** jitsi-headless: join Jitsi Meet conferences as a real participant, without a browser. */
export type { Clock } from './base/clock.ts';
export {
  ConnectionError,
  type ErrorKind,
  JitsiError,
  MediaError,
  OutputError,
  ParseError,
  ProtocolError,
  RefusedError,
  TimeoutError,
  UsageError,
} from './base/errors.ts';
export type { Listener } from './base/emitter.ts';
export { lineLogger, type Logger, type LogLevel, silentLogger } from './base/logger.ts';
export type { RandomBytes } from './base/random.ts';
export { CommandError } from './bot/command-error.ts';
export {
  type Allowed,
  type CommandCall,
  type CommandHandler,
  type CommandOptions,
  type CommandRoom,
  Commands,
  commands,
  type CommandsOptions,
} from './bot/commands.ts';
export { alone, type AloneOptions, type Company, type CompanyOptions, waitForFirst } from './bot/company.ts';
export { stay, type StayEnd, type StayOptions } from './bot/stay.ts';
export { Bridge } from './client/bridge/bridge.ts';
export type { BridgeCloseInfo, BridgeEvents, MessageStream, RawMessage } from './client/bridge/events.ts';
export type { RawOptions, StreamOptions, WaitOptions } from './client/bridge/options.ts';
export type { OpenBridgeOptions } from './client/session/session-bridge.ts';
export type { VideoRequest } from './client/session/video-request.ts';
export type { LocalTrackEvents } from './client/media/local/local-track-events.ts';
export { LocalTrack } from './client/media/local/local-track.ts';
export type { MediaEvents, SpeakingChange } from './client/media/media-events.ts';
export { RemoteTrack } from './client/media/remote/remote-track.ts';
export type {
  AudioLevel,
  LocalFrame,
  LocalPacket,
  LayerOptions,
  LayerState,
  LocalTrackOptions,
  LocalTrackStatistics,
  ReadOptions,
  RemoteFrame,
  RemotePacket,
  RemoteTrackStatistics,
} from './client/media/track-types.ts';
export { Chat } from './client/chat.ts';
export type { RpcContext, RpcHandler } from './client/rpc/callee.ts';
export { RpcRefusal } from './client/rpc/errors.ts';
export { Rpc, type RpcCallOptions } from './client/rpc/rpc.ts';
export { Conference } from './client/conference.ts';
export type { ConferencePhase } from './client/conference-core.ts';
export type { ConferenceEvents } from './client/conference-events.ts';
export { join, joinRoom, joinSession } from './client/join.ts';
export type { JoinOptions, TokenSource } from './client/join-options.ts';
export type { AccessOptions } from './client/network-access.ts';
export { LowLevel } from './client/low-level.ts';
export { MediaSession } from './client/session/media-session.ts';
export type { WireEntry } from './client/wire.ts';
export type { ChatMessage, Departure, Retraction } from './conference/events.ts';
export type { CloseInfo } from './conference/io.ts';
export type { Participant } from './conference/room/roster.ts';
export type { IceTransport, JingleMessage, Source, SourceSet, SsrcGroup } from './jingle/model.ts';
export { RestartLimitError } from './jingle/restart-limit.ts';
export type { SessionEnd, SessionState } from './jingle/session-io.ts';
export { LoginRequiredError } from './jitsi/conference-request-error.ts';
export {
  type AudioSubscription,
  type BridgeMessage,
  type BridgeMessageOf,
  type BridgeVideoType,
  type EndpointMessage,
  type EndpointStatistics,
  type EndpointStats,
  type KnownBridgeMessage,
  type ReceiverVideoConstraints,
  textOf,
  type UnknownBridgeMessage,
  type VideoConstraints,
} from './jitsi/bridge-messages/index.ts';
export type { Deployment } from './jitsi/deployment.ts';
export type { FocusState } from './jitsi/focus-presence.ts';
export type { IceServer } from './jitsi/ice-servers.ts';
export { JoinError, type JoinErrorCode } from './jitsi/join-error.ts';
export type { JsonMessage } from './jitsi/json-message.ts';
export type { RoomInfo } from './jitsi/room-info.ts';
export type { ServerAuth } from './jitsi/server-auth.ts';
export type { DomainServices } from './jitsi/services.ts';
export type { SourceState } from './jitsi/source-info.ts';
export {
  Negotiator,
  type NegotiatorAcceptOptions,
  type NegotiatorOptions,
} from './rtc/negotiator/negotiator.ts';
export type { OwnTrackOptions } from './rtc/negotiator/own-sources.ts';
export type { IceTransportPolicy, PeerTransportState } from './rtc/peer-transport.ts';
export type { SelectedCandidate, SelectedCandidatePair } from './rtc/selected-candidate-pair.ts';
export { decodeRaw, encodeRaw, type RawForm } from './rtc/raw-message.ts';
export type { CodecName } from './rtp/parameters.ts';
export type { W3cDataChannel, W3cPeerConnection, W3cTransceiver } from './rtc/w3c-peer-connection.ts';
export { type AcceptOptions, buildAccept } from './sdp/answer.ts';
export type { LocalTrack as SentTrack, LocalTracks as SentTracks } from './sdp/local-sources.ts';
export { isPlanBError, PlanBError } from './sdp/plan-b-error.ts';
export { type XmlElement, xml } from './xml/element.ts';
export { StanzaError } from './xmpp/stanza-error.ts';
