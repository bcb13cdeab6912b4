/**
 * A deployment, and the addresses that follow from it, with the query that servers expect (jitsi-meet,
 * `react/features/base/connection/actions.any.ts` `constructOptions`, `react/features/app/actions.native.ts`
 * `appNavigate`; lib-jitsi-meet, `modules/xmpp/xmpp.ts` `createConnection`, `getRoomJid`, `ResumeTask.ts`).
 */
import type { Deployment } from './deployment-model.ts';
import type { MeetingAddress } from './meeting-address.ts';
import { pageUrl, withQuery } from './service-urls.ts';

export { meetingUrl } from './service-urls.ts';

export type { BridgeChannelPreference, Deployment, DeploymentOverrides } from './deployment-model.ts';
export { type ResolveDeploymentOptions, resolveDeployment } from './deployment-resolver.ts';

/** The deployment's config.js, asked for inside the tenant and with the room, which sharded deployments route by. */
export function configUrl(address: MeetingAddress): string {
  return withQuery(`${pageUrl(address)}config.js`, { room: address.room });
}

/** The WebSocket's URL: service, `room`, and where given `token` (JWT) and `previd` (the XEP-0198 id of a session to resume). */
export function websocketUrlFor(
  deployment: Deployment,
  address: MeetingAddress,
  query: { token?: string; previd?: string } = {},
): string {
  return withQuery(deployment.websocketUrl, { room: address.room, token: query.token, previd: query.previd });
}

export function keepAliveUrlFor(deployment: Deployment, address: MeetingAddress): string {
  return withQuery(deployment.keepAliveUrl, { room: address.room });
}

/** undefined when the conference is requested by IQ. */
export function conferenceRequestUrlFor(deployment: Deployment, address: MeetingAddress): string | undefined {
  const url = deployment.conferenceRequestUrl;
  return url === undefined ? undefined : withQuery(url, { room: address.room });
}

export function roomJid(deployment: Deployment, address: MeetingAddress): string {
  return `${address.room}@${deployment.muc}`;
}
