/** What exists of a conference once the deployment is known. */
import type { RandomBytes } from '../base/random.ts';
import { type Deployment, roomJid } from '../jitsi/deployment.ts';
import type { DeploymentServices } from './deployment-services.ts';
import type { Discovery } from './discovery.ts';
import { FocusDialogue, type FocusSink } from './focus/focus-dialogue.ts';
import { FocusRequest } from './focus/focus-request.ts';
import { FocusWatch } from './focus/focus-watch.ts';
import type { JingleSessions } from './sessions/jingle-sessions.ts';
import type { ConferenceOptions } from './options.ts';
import { Room } from './room/room.ts';
import { StanzaHandler } from './stanza-handler.ts';

/** The conversations with the focus of one stay in the room. */
export interface FocusContext {
  focus: FocusDialogue;
  /** The focus once we are in the room. */
  watch: FocusWatch;
}

export interface ConferenceContext extends Discovery, FocusContext {
  room: Room;
  stanzas: StanzaHandler;
}

export interface FocusSinks {
  focus: FocusSink;
  watch: Pick<FocusSink, 'http' | 'waiting' | 'failed'>;
}

export function createContext(
  options: ConferenceOptions,
  discovery: Discovery,
  parts: { services: DeploymentServices; sessions: JingleSessions; random: RandomBytes },
  sinks: FocusSinks,
): ConferenceContext {
  const { address, features } = options;
  const { deployment } = discovery;
  const room = new Room({ jid: roomJid(deployment, address), hiddenDomain: deployment.hiddenDomain });
  return {
    ...discovery,
    ...focusContext(options, deployment, room.jid, parts.random, sinks),
    room,
    stanzas: new StanzaHandler({ room, services: parts.services, sessions: parts.sessions, features }),
  };
}

/** @param room bare room JID */
export function focusContext(
  options: ConferenceOptions,
  deployment: Deployment,
  room: string,
  random: RandomBytes,
  sinks: FocusSinks,
): FocusContext {
  const request = (): FocusRequest => new FocusRequest(deployment, room, options.machineUid, random);
  return {
    focus: new FocusDialogue(request(), options, sinks.focus),
    watch: new FocusWatch(request, options, random, sinks.watch),
  };
}
