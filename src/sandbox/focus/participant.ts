/** A member with a media session, or one on its way to it (jicofo `Participant.kt`). */
import type { BridgeEndpoint } from '../bridge/bridge.ts';
import type { ParticipantFeatures } from './features.ts';
import type { Member } from './members.ts';
import { RateLimit } from './requests/rate-limit.ts';
import { SourceSignaling } from './sessions/source-signaling.ts';

export interface JingleSession {
  readonly sid: string;
  /** `pending` until its session-accept; `ended` sessions are told so. */
  state: 'pending' | 'active' | 'ended';
}

export class Participant {
  readonly member: Member;
  readonly features: ParticipantFeatures;
  readonly signaling: SourceSignaling;
  readonly restarts: RateLimit = new RateLimit();
  readonly iceRestarts: RateLimit = new RateLimit();
  session: JingleSession | undefined;
  endpoint: BridgeEndpoint | undefined;
  /** The invitation that waits for the bridge; a later one, or leaving, makes it void. */
  invitation: object | undefined;

  constructor(member: Member, features: ParticipantFeatures) {
    this.member = member;
    this.features = features;
    this.signaling = new SourceSignaling(features);
  }

  /** Endpoint id. */
  get id(): string {
    return this.member.nick;
  }
}
