/** A conference's half on the bridge; it lives as long as it has participants (jicofo `ColibriV2SessionManager.kt`). */
import { type RandomBytes, randomUuid } from '../../../base/random.ts';
import type { SourceSet } from '../../../jingle/model.ts';
import type { Bridge, BridgeConference, BridgeEndpoint, EndpointRequest } from '../../bridge/bridge.ts';
import type { Participant } from '../participant.ts';

export class BridgeSession {
  /** What clients name when they complain about their session. */
  readonly id: string;
  readonly region: string;
  readonly #conference: BridgeConference;
  readonly #participants = new Set<Participant>();

  constructor(bridge: Bridge, random: RandomBytes) {
    this.id = randomUuid(random);
    this.region = bridge.region;
    this.#conference = bridge.createConference();
  }

  /** The bridge's own sources. */
  get placeholders(): SourceSet {
    return this.#conference.sources;
  }

  get isLost(): boolean {
    return this.#conference.isLost;
  }

  has(participant: Participant): boolean {
    return this.#participants.has(participant);
  }

  /** @throws MediaError `bridge-closed`; or whatever keeps the bridge from it */
  allocate(participant: Participant, request: EndpointRequest): Promise<BridgeEndpoint> {
    this.#participants.add(participant);
    return this.#conference.allocate(request);
  }

  /** The focus dies; the bridge learns nothing of it. */
  abandon(): void {
    this.#conference.abandon();
  }

  /** Gives the endpoint back. True when nobody is left: the session is over then. */
  release(participant: Participant): boolean {
    participant.endpoint?.expire();
    participant.endpoint = undefined;
    if (!this.#participants.delete(participant) || this.#participants.size > 0) return false;
    // What is left of it is nobody's any more.
    this.#conference.close().catch(() => {});
    return true;
  }
}
