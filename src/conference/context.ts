/** What exists of a conference once the deployment is known. */
import type { RandomBytes } from '../base/random.ts';
import { roomJid } from '../jitsi/deployment.ts';
import type { DeploymentServices } from './deployment-services.ts';
import type { Discovery } from './discovery.ts';
import { FocusDialogue, type FocusSink } from './focus-dialogue.ts';
import { FocusRequest } from './focus-request.ts';
import { FocusWatch } from './focus-watch.ts';
import type { JingleSessions } from './jingle-sessions.ts';
import type { ConferenceOptions } from './options.ts';
import { Room } from './room.ts';
import { StanzaHandler } from './stanza-handler.ts';

export interface ConferenceContext extends Discovery {
  room: Room;
  focus: FocusDialogue;
  /** The focus once we are in the room. */
  watch: FocusWatch;
  stanzas: StanzaHandler;
}

export function createContext(
  options: ConferenceOptions,
  discovery: Discovery,
  parts: { services: DeploymentServices; sessions: JingleSessions; random: RandomBytes },
  focusSink: FocusSink,
  watchSink: Pick<FocusSink, 'http' | 'waiting' | 'failed'>,
): ConferenceContext {
  const { address, features, machineUid } = options;
  const { deployment } = discovery;
  const room = new Room({ jid: roomJid(deployment, address), hiddenDomain: deployment.hiddenDomain });
  const request = (): FocusRequest => new FocusRequest(deployment, room.jid, machineUid, parts.random);
  return {
    ...discovery,
    room,
    focus: new FocusDialogue(request(), options, focusSink),
    watch: new FocusWatch(request, options, parts.random, watchSink),
    stanzas: new StanzaHandler({ room, services: parts.services, sessions: parts.sessions, features }),
  };
}
