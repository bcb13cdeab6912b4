/** What exists of a conference once the deployment is known. */
import { type RandomBytes, randomHex } from '../base/random.ts';
import { roomJid } from '../jitsi/deployment.ts';
import type { LoginStrategy } from '../xmpp/stream.ts';
import type { DeploymentServices } from './deployment-services.ts';
import type { Discovery } from './discovery.ts';
import { FocusDialogue, type FocusSink } from './focus-dialogue.ts';
import { FocusRequest } from './focus-request.ts';
import type { JingleSessions } from './jingle-sessions.ts';
import { KeepAlive } from './keep-alive.ts';
import { loginStrategy } from './login-fallback.ts';
import { type ConferenceOptions, timing } from './options.ts';
import { Room } from './room.ts';
import { StanzaHandler } from './stanza-handler.ts';
import { type ConnectionSink, XmppConnection } from './xmpp-connection.ts';

export interface ConferenceContext extends Discovery {
  login: LoginStrategy;
  room: Room;
  focus: FocusDialogue;
  stanzas: StanzaHandler;
  xmpp: XmppConnection;
  keepAlive: KeepAlive;
}

export function createContext(
  options: ConferenceOptions,
  discovery: Discovery,
  now: number,
  parts: { services: DeploymentServices; sessions: JingleSessions; random: RandomBytes },
  sink: ConnectionSink,
  focusSink: FocusSink,
): ConferenceContext {
  const { address, features, machineUid } = options;
  const { deployment } = discovery;
  const login = loginStrategy(options, deployment.websocketUrl, now);
  const room = new Room({ jid: roomJid(deployment, address), hiddenDomain: deployment.hiddenDomain });
  return {
    ...discovery,
    login,
    room,
    focus: new FocusDialogue(
      new FocusRequest(deployment, room.jid, machineUid, parts.random),
      options,
      focusSink,
    ),
    stanzas: new StanzaHandler({ room, services: parts.services, sessions: parts.sessions, features }),
    xmpp: createConnection(options, discovery, login, parts.random, sink),
    keepAlive: new KeepAlive(deployment, address, parts.random),
  };
}

/** A connection that has not begun. */
export function createConnection(
  { credentials, streamManagement }: ConferenceOptions,
  { deployment }: Discovery,
  login: LoginStrategy,
  random: RandomBytes,
  sink: ConnectionSink,
): XmppConnection {
  return new XmppConnection(
    {
      domain: deployment.streamDomain,
      credentials,
      streamManagement,
      login,
      ping: deployment.ping,
      pingTo: deployment.domain,
      setupTimeout: login === 'pipelined' ? timing.pipelinedLogin : timing.login,
      idPrefix: randomHex(random, 12),
    },
    sink,
  );
}
