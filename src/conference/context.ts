/** What exists of a conference once the deployment is known. */
import { type RandomBytes, randomHex } from '../base/random.ts';
import { roomJid } from '../jitsi/deployment.ts';
import type { DeploymentServices } from './deployment-services.ts';
import type { Discovery } from './discovery.ts';
import { FocusRequest } from './focus-request.ts';
import type { JingleSessions } from './jingle-sessions.ts';
import { KeepAlive } from './keep-alive.ts';
import { type ConferenceOptions, timing } from './options.ts';
import { Room } from './room.ts';
import { StanzaHandler } from './stanza-handler.ts';
import { type ConnectionSink, XmppConnection } from './xmpp-connection.ts';

export interface ConferenceContext extends Discovery {
  room: Room;
  focus: FocusRequest;
  stanzas: StanzaHandler;
  xmpp: XmppConnection;
  keepAlive: KeepAlive;
}

export function createContext(
  options: ConferenceOptions,
  discovery: Discovery,
  parts: { services: DeploymentServices; sessions: JingleSessions; random: RandomBytes },
  sink: ConnectionSink,
): ConferenceContext {
  const { address, credentials, streamManagement, features, machineUid } = options;
  const { deployment } = discovery;
  const room = new Room({ jid: roomJid(deployment, address), hiddenDomain: deployment.hiddenDomain });
  return {
    ...discovery,
    room,
    focus: new FocusRequest(deployment, room.jid, machineUid),
    stanzas: new StanzaHandler({ room, services: parts.services, sessions: parts.sessions, features }),
    xmpp: new XmppConnection(
      {
        domain: deployment.streamDomain,
        credentials,
        streamManagement,
        ping: deployment.ping,
        pingTo: deployment.domain,
        setupTimeout: timing.login,
        idPrefix: randomHex(parts.random, 12),
      },
      sink,
    ),
    keepAlive: new KeepAlive(deployment, address, parts.random),
  };
}
