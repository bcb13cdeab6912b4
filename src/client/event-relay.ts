/** The machine's events as users see them: with public objects for sessions, and what is to be remembered of them. */
import type { Emitter } from '../base/emitter.ts';
import type { ConferenceEvent } from '../conference/events.ts';
import type { RoomInfo } from '../jitsi/room-info.ts';
import type { ConferenceEvents } from './conference-events.ts';
import type { Sessions } from './session/sessions.ts';

export class EventRelay {
  readonly #emitter: Emitter<ConferenceEvents>;
  readonly #sessions: Sessions;
  roomInfo: RoomInfo | undefined;
  permissions: Readonly<Record<string, boolean>> = {};

  constructor(emitter: Emitter<ConferenceEvents>, sessions: Sessions) {
    this.#emitter = emitter;
    this.#sessions = sessions;
  }

  relay(event: ConferenceEvent): void {
    switch (event.name) {
      case 'sessionOffered': {
        const session = this.#sessions.offered(event.payload.session);
        this.#emitter.emit('sessionOffered', { session });
        return;
      }
      case 'sessionEnded': {
        const session = this.#sessions.ended(event.payload.session);
        this.#emitter.emit('sessionEnded', { session, end: event.payload.end });
        return;
      }
      case 'sessionAccepted':
      case 'sourcesAdded':
      case 'sourcesRemoved':
      case 'transportChanged': {
        const session = this.#sessions.of(event.payload.session);
        // As below.
        this.#emitter.emit(event.name as 'sessionAccepted', { ...event.payload, session });
        return;
      }
      case 'participantChanged': {
        this.#emitter.emit('participantChanged', event.payload);
        const { participant, changed } = event.payload;
        if (!changed.includes('handRaisedAt')) return;
        this.#emitter.emit(participant.handRaisedAt === undefined ? 'handLowered' : 'handRaised', {
          participant,
        });
        return;
      }
      case 'roomInfoChanged':
        this.roomInfo = event.payload.room;
        break;
      case 'permissionsChanged':
        this.permissions = event.payload.permissions;
        break;
      default:
    }
    // The compiler cannot see that name and payload belong together; the union of events says so.
    this.#emitter.emit(event.name as 'warning', event.payload as ConferenceEvents['warning']);
  }
}
