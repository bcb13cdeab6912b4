/** The embedded deployment, `jitsi-headless/sandbox`. */
export type { ExternalService } from '../xmpp/extdisco.ts';
export type { SandboxBridge, SandboxEndpoint, SandboxSource } from './bridge-view.ts';
export type { AudioSubscription, VideoType } from './bridge/channel/client-message.ts';
export type { DroppedMessage, DropReason } from './bridge/journal.ts';
export type { MediaDirection } from './bridge/media/media-faults.ts';
export type {
  Absence,
  BridgeAbsence,
  BridgeFaults,
  Faults,
  FocusAbsence,
  Meanwhile,
  NetworkFaults,
  RoomFaults,
  ServerFaults,
  SlowNetwork,
  XmppAbsence,
} from './faults/faults.ts';
export type { SandboxOccupant, SandboxRoom } from './room-view.ts';
export { createSandbox, type Sandbox, type SandboxOptions } from './sandbox.ts';
