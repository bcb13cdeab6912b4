/** What goes into a media session's machine and what comes out of it. */
import type { JitsiError } from '../base/errors.ts';
import type { IqOutcome } from '../xmpp/iq-tracker.ts';
import type { IceTransport, JingleMessage, JingleReason, SourceSet } from './model.ts';
import type { JingleRefusal } from './refusals.ts';

export type SessionState =
  /** the offer is not answered */
  | { name: 'offered' }
  /** our session-accept is under way */
  | { name: 'accepting'; accept: JingleMessage }
  /** the focus took our session-accept */
  | { name: 'active'; accept: JingleMessage }
  | { name: 'ended'; end: SessionEnd };

/** How a media session ended. */
export interface SessionEnd {
  /**
   * `replaced` when a new offer took its place, `refused` when the focus refused our session-accept, `gone` when one of the
   * sides had left it, else the Jingle reason: `success`, `expired`, `decline`, `connectivity-error`, …
   */
  reason: string;
  text?: string;
  by: 'focus' | 'us';
  /**
   * `at-once`: the focus is about to send a new offer (the bridge changed, or we asked for a restart). `later`: when
   * somebody joins, today or in days. `after-rejoin`: not before we leave the room and join again.
   */
  nextOffer: 'at-once' | 'later' | 'after-rejoin';
}

/** What the user of a session wants. */
export type SessionCommand =
  | { type: 'accept'; message: JingleMessage }
  | { type: 'add-sources' | 'remove-sources'; sources: SourceSet }
  /** candidates or credentials of ours */
  | { type: 'trickle'; transport: IceTransport }
  /** ask for a new session in place of this one */
  | { type: 'restart' }
  /** ask for new ICE credentials of the bridge, in this session */
  | { type: 'restart-ice' }
  | { type: 'terminate'; reason: JingleReason };

/** A request that we send to the focus; its outcome is fed back with it. */
export interface SessionRequest {
  kind: 'accept' | 'sources' | 'trickle' | 'restart' | 'ice-restart' | 'terminate';
  /** The command that it carries out; undefined when it was the machine's own idea. */
  command: string | undefined;
}

export type SessionInput =
  /** a Jingle message of the focus with this session's sid */
  | { type: 'message'; message: JingleMessage }
  /** `id` names the command in its `settled` effect */
  | { type: 'command'; id: string; command: SessionCommand }
  | { type: 'answered'; request: SessionRequest; outcome: IqOutcome }
  /** over without a word, as when we leave the room or a new offer takes its place */
  | { type: 'lost'; end: SessionEnd }
  /** a participant has left the room */
  | { type: 'left'; endpointId: string }
  /** `nextTimeout()` was reached */
  | { type: 'tick' };

export type SessionEvent =
  | { type: 'accepted' }
  | { type: 'sources-added'; added: SourceSet }
  | { type: 'sources-removed'; removed: SourceSet }
  /** `iceRestart`: the credentials are new, we must answer with ours of the same generation */
  | { type: 'transport-changed'; transport: IceTransport; iceRestart: boolean }
  | { type: 'ended'; end: SessionEnd }
  /** something odd that was survived */
  | { type: 'warning'; error: JitsiError };

export type SessionEffect =
  /** the answer to the `message` that was fed in: a result, or this refusal */
  | { type: 'reply'; refusal?: JingleRefusal }
  | { type: 'send'; request: SessionRequest; message: JingleMessage }
  /** a command is carried out, with the focus' acknowledgement, or has failed */
  | { type: 'settled'; id: string; outcome: IqOutcome }
  | { type: 'event'; event: SessionEvent }
  | { type: 'transition'; from: SessionState['name']; to: SessionState['name']; why: string };
