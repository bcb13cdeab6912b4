/** What exists of a conference once the deployment is known. */
import type { RandomBytes } from '../base/random.ts';
import { roomJid } from '../jitsi/deployment.ts';
import type { DeploymentServices } from './deployment-services.ts';
import type { Discovery } from './discovery.ts';
import { FocusDialogue, type FocusSink } from './focus-dialogue.ts';
import { FocusRequest } from './focus-request.ts';
import type { JingleSessions } from './jingle-sessions.ts';
import type { ConferenceOptions } from './options.ts';
import { Room } from './room.ts';
import { StanzaHandler } from './stanza-handler.ts';

export interface ConferenceContext extends Discovery {
  room: Room;
  focus: FocusDialogue;
  stanzas: StanzaHandler;
}

export function createContext(
  options: ConferenceOptions,
  discovery: Discovery,
  parts: { services: DeploymentServices; sessions: JingleSessions; random: RandomBytes },
  focusSink: FocusSink,
): ConferenceContext {
  const { address, features, machineUid } = options;
  const { deployment } = discovery;
  const room = new Room({ jid: roomJid(deployment, address), hiddenDomain: deployment.hiddenDomain });
  return {
    ...discovery,
    room,
    focus: new FocusDialogue(
      new FocusRequest(deployment, room.jid, machineUid, parts.random),
      options,
      focusSink,
    ),
    stanzas: new StanzaHandler({ room, services: parts.services, sessions: parts.sessions, features }),
  };
}
