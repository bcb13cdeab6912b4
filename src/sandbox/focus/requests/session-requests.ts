/**
 * What a client's Jingle request does, and how it is answered (jicofo `JingleSession.kt`, `Participant.kt`
 * `JingleRequestHandlerImpl`). Read from the raw elements.
 */
import type { Milliseconds } from '../../../base/clock.ts';
import type { IceTransport, SourceSet } from '../../../jingle/model.ts';
import { child, childText, type XmlElement } from '../../../xml/element.ts';
import { wire } from '../namespaces.ts';
import type { JingleSession, Participant } from '../participant.ts';
import { readInitialLastN, readTransport } from './read-transport.ts';
import { readSources, UnreadableError } from './read-sources.ts';
import type { Refusal } from './refusal.ts';
import { isEmptySet } from '../sessions/source-signaling.ts';

export type JingleReply =
  | { type: 'result' }
  | { type: 'refusal'; refusal: Refusal }
  /** Jicofo's own code breaks on such a request: the client waits in vain. */
  | { type: 'silence'; why: string };

/** The conference behind a session. */
export interface SessionHost {
  /** Adds sources and tells the others; returns why not, in Jicofo's words. */
  addSources(participant: Participant, sources: SourceSet): string | undefined;
  removeSources(participant: Participant, sources: SourceSet): string | undefined;
  /** The session is active from now on: passes on what waited for that. */
  accepted(participant: Participant, transport: IceTransport | undefined, lastN: number | undefined): void;
  /** Candidates that have come later. */
  transportChanged(participant: Participant, transport: IceTransport): void;
  /** Id of the bridge session that the participant is in. */
  bridgeSessionId(participant: Participant): string | undefined;
  /** Ends the session that the client has ended. @param reinvite it gets a new one */
  terminated(participant: Participant, reinvite: boolean): void;
  /** Ends the session with "moving" and offers a new one. */
  reinvite(participant: Participant): void;
  restartIce(participant: Participant): void;
}

const result: JingleReply = { type: 'result' };

export function handleSessionRequest(
  jingle: XmlElement,
  session: JingleSession,
  participant: Participant,
  host: SessionHost,
  now: Milliseconds,
): JingleReply {
  const { action } = jingle.attrs;
  // Jicofo means to answer "Missing 'action'", but its library throws while the error is built.
  if (action === undefined) return { type: 'silence', why: 'no action' };
  if (session.state === 'ended') return refusal('gone', 'session ended');
  try {
    switch (action) {
      case 'session-accept':
        return accept(jingle, session, participant, host);
      case 'transport-info':
        return transportInfo(jingle, participant, host);
      case 'source-add':
      case 'addsource':
        return sourceAdd(jingle, participant, host);
      case 'source-remove':
      case 'removesource':
        return sourceRemove(jingle, participant, host);
      case 'session-info':
        return sessionInfo(jingle, participant, host, now);
      case 'session-terminate':
        return terminate(jingle, session, participant, host, now);
      default:
        // Meant to be feature-not-implemented; building that error throws as well.
        return { type: 'silence', why: `action ${action}` };
    }
  } catch (error) {
    if (error instanceof UnreadableError) return { type: 'silence', why: error.message };
    throw error;
  }
}

function accept(
  jingle: XmlElement,
  session: JingleSession,
  participant: Participant,
  host: SessionHost,
): JingleReply {
  // Before anything is looked at: an accept that cannot be read leaves the session active.
  session.state = 'active';
  const sources = readSources(jingle);
  const refused = sourcesRefusal(participant, sources, 'sources not allowed for visitors');
  const fault = refused || isEmptySet(sources) ? undefined : host.addSources(participant, sources);
  if (refused || fault !== undefined) {
    // There is no second try on this sid.
    session.state = 'ended';
    return refused ?? refusal('bad-request', fault);
  }
  host.accepted(participant, readTransport(jingle), readInitialLastN(jingle));
  return result;
}

function transportInfo(jingle: XmlElement, participant: Participant, host: SessionHost): JingleReply {
  const transport = readTransport(jingle);
  if (!transport) return refusal('bad-request', 'missing transport');
  host.transportChanged(participant, transport);
  return result;
}

function sourceAdd(jingle: XmlElement, participant: Participant, host: SessionHost): JingleReply {
  const sources = readSources(jingle);
  const refused = sourcesRefusal(participant, sources, 'add-source not allowed for visitors');
  if (refused) return refused;
  const fault = isEmptySet(sources) ? undefined : host.addSources(participant, sources);
  return fault === undefined ? result : refusal('bad-request', fault);
}

function sourceRemove(jingle: XmlElement, participant: Participant, host: SessionHost): JingleReply {
  const sources = readSources(jingle);
  const fault = isEmptySet(sources) ? undefined : host.removeSources(participant, sources);
  return fault === undefined ? result : refusal('bad-request', fault);
}

function sessionInfo(
  jingle: XmlElement,
  participant: Participant,
  host: SessionHost,
  now: Milliseconds,
): JingleReply {
  const bridgeSession = child(jingle, 'bridge-session', wire.focus);
  const isCurrent = bridgeSession?.attrs.id === host.bridgeSessionId(participant);
  if (bridgeSession?.attrs['ice-restart'] === 'true') {
    if (!participant.iceRestarts.accept(now)) return refusal('resource-constraint', 'rate-limited');
    if (!isCurrent) return notActive(bridgeSession.attrs.id);
    host.restartIce(participant);
    return result;
  }
  const failed = childText(jingle, 'ice-state', wire.focus)?.toLowerCase() === 'failed';
  // A failure that tells of another bridge session is old news.
  if (failed && isCurrent) host.reinvite(participant);
  return result;
}

function terminate(
  jingle: XmlElement,
  session: JingleSession,
  participant: Participant,
  host: SessionHost,
  now: Milliseconds,
): JingleReply {
  const bridgeSession = child(jingle, 'bridge-session', wire.focus);
  const isRestart = bridgeSession?.attrs.restart === 'true';
  const isGranted = isRestart && participant.restarts.accept(now);
  session.state = 'ended';
  if (bridgeSession?.attrs.id !== host.bridgeSessionId(participant))
    return notActive(bridgeSession?.attrs.id);
  host.terminated(participant, isGranted);
  return isRestart && !isGranted ? refusal('resource-constraint', 'rate-limited') : result;
}

function sourcesRefusal(participant: Participant, sources: SourceSet, text: string): JingleReply | undefined {
  const isForbidden = participant.member.isVisitor && !isEmptySet(sources);
  return isForbidden ? refusal('forbidden', text) : undefined;
}

function notActive(id = 'null'): JingleReply {
  return refusal('item-not-found', `${id} is not a currently active session`);
}

function refusal(condition: Refusal['condition'], text: string | undefined): JingleReply {
  return { type: 'refusal', refusal: text === undefined ? { condition } : { condition, text } };
}
