/** What is seen at the bridge of those in the room: who speaks, and whom it does not hear from any more. */
import type { Observed } from '../../conference/room/roster.ts';
import type { Bridge } from '../bridge/bridge.ts';

export type Observe = (endpointId: string, change: Partial<Observed>) => void;

export class ParticipantFacts {
  readonly #observe: Observe;
  readonly #inactive = new Set<string>();

  constructor(observe: Observe) {
    this.#observe = observe;
  }

  speaks(endpointId: string, isSpeaking: boolean): void {
    this.#observe(endpointId, { talking: isSpeaking });
  }

  useBridge(bridge: Bridge): void {
    // Whoever is inactive is told when a channel opens, who is not any more is not (media dossier 5.7).
    bridge.on('opened', () => {
      for (const endpointId of this.#inactive) this.#heard(endpointId, true);
    });
    bridge.on('endpointConnectivityChanged', ({ endpointId, isActive }) => this.#heard(endpointId, isActive));
  }

  /** They left: another of the same id begins anew. */
  left(endpointId: string): void {
    this.#inactive.delete(endpointId);
  }

  #heard(endpointId: string, isActive: boolean): void {
    if (isActive) this.#inactive.delete(endpointId);
    else if (this.#inactive.size < most) this.#inactive.add(endpointId);
    this.#observe(endpointId, { connection: isActive ? 'active' : 'inactive' });
  }
}

/** Ids that are remembered; a bridge can name any. */
const most = 10_000;
