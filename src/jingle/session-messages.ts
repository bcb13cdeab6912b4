/** The messages that a participant sends in a session with the focus (jicofo `JingleSession.kt`, `Participant.kt`). */
import { defined } from '../base/defined.ts';
import { MediaError, UsageError } from '../base/errors.ts';
import { transportOf } from './jingle.ts';
import type { IceTransport, JingleMessage, JingleReason, SourceSet } from './model.ts';

/** A message of the session that `offer` began, without anything in it. */
function sessionMessage(
  offer: JingleMessage,
  self: string | undefined,
  action: JingleMessage['action'],
): JingleMessage {
  return {
    action,
    ...defined({ sid: offer.sid, initiator: offer.initiator, responder: self }),
    contents: [],
    sources: { sources: [], groups: [] },
  };
}

export function sourceChange(
  offer: JingleMessage,
  self: string | undefined,
  action: 'source-add' | 'source-remove',
  sources: SourceSet,
): JingleMessage {
  return { ...sessionMessage(offer, self, action), sources };
}

/** One content is enough: everything is bundled, and Jicofo takes the first transport that it finds. */
export function transportInfo(
  offer: JingleMessage,
  self: string | undefined,
  accept: JingleMessage,
  transport: IceTransport,
): JingleMessage {
  const contents = accept.contents.slice(0, 1).map(({ name, creator }) => ({ name, creator, transport }));
  return { ...sessionMessage(offer, self, 'transport-info'), contents };
}

/**
 * @param bridgeSession id of our bridge session; `restart` asks for a new offer. Without the id the focus takes the message
 *   for one about an older session.
 */
export function terminateMessage(
  offer: JingleMessage,
  self: string | undefined,
  reason: JingleReason,
  bridgeSession: { id: string | undefined; restart: boolean },
): JingleMessage {
  const { id, restart } = bridgeSession;
  const message = { ...sessionMessage(offer, self, 'session-terminate'), reason };
  return id === undefined ? message : { ...message, bridgeSession: { id, restart } };
}

/** Asks for new ICE credentials of the bridge while the session goes on. */
export function iceRestartMessage(offer: JingleMessage, self: string | undefined, id: string): JingleMessage {
  return { ...sessionMessage(offer, self, 'session-info'), bridgeSession: { id, iceRestart: true } };
}

/**
 * Refuses what the focus would answer with a refusal that ends the session, or not at all.
 * @throws UsageError `accept-invalid`, MediaError `answer-incomplete`, UsageError `source-group-unknown`
 */
export function checkAccept(offer: JingleMessage, accept: JingleMessage): void {
  if (accept.action !== 'session-accept' || accept.sid !== offer.sid) {
    throw new UsageError(
      `accepting session ${offer.sid}: got a ${accept.action} for session ${accept.sid}; build the accept from this session's offer`,
      { code: 'accept-invalid' },
    );
  }
  const transport = transportOf(accept);
  const role = transport?.fingerprints[0]?.setup;
  // The bridge cannot begin ICE without the credentials, nor DTLS without a role (jitsi-videobridge `DtlsTransport.kt`).
  if (!transport?.ufrag || !transport.pwd || (role !== 'active' && role !== 'passive')) {
    throw new MediaError(
      `accepting session ${offer.sid}: the accept needs a transport with ufrag, pwd and a fingerprint whose setup is active or passive; take all of them from the local description`,
      { code: 'answer-incomplete' },
    );
  }
  checkSources(accept.sources);
}

/**
 * Jicofo's parser stops at a group with other semantics, and the request is never answered (jicofo `SsrcGroup.kt`).
 * @throws UsageError `source-group-unknown`
 */
export function checkSources({ groups }: SourceSet): void {
  const unknown = groups.find(({ semantics }) => !['SIM', 'FID'].includes(semantics.toUpperCase()));
  if (unknown) {
    throw new UsageError(
      `sending sources: the focus knows ssrc-groups SIM and FID only, not ${unknown.semantics}; leave that group out`,
      { code: 'source-group-unknown' },
    );
  }
}
