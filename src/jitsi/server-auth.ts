/**
 * What a deployment says of who may come in: the focus in its answer to the conference request (jicofo
 * `doc/conference-request.md`), and config.js.
 */
import type { ConferenceResponse } from './conference-request.ts';
import type { Deployment } from './deployment-model.ts';

export interface ServerAuth {
  /** The focus is in the room. */
  readonly ready: boolean;
  /** Rooms are opened by those who log in; others may join one that is open. */
  readonly authenticationRequired: boolean;
  /** Logging in is done at another service, such as one that issues tokens. */
  readonly externalAuth: boolean;
  /** Guests have a domain of their own (`hosts.anonymousdomain`). */
  readonly guestAccess: boolean;
  /** We have no account: neither user name and password nor a token. */
  readonly anonymous: boolean;
  /** Large rooms take more people as visitors. */
  readonly visitors: boolean;
  /** All that the focus said, by name. */
  readonly properties: Readonly<Record<string, string>>;
}

export function serverAuth(
  { ready, properties }: ConferenceResponse,
  deployment: Deployment,
  options: { anonymous: boolean },
): ServerAuth {
  const says = (name: string): boolean => properties[name]?.trim().toLowerCase() === 'true';
  return {
    ready,
    authenticationRequired: says('authentication'),
    externalAuth: says('externalAuth'),
    guestAccess: deployment.guestDomain !== undefined,
    anonymous: options.anonymous,
    visitors: says('visitors-supported'),
    properties,
  };
}
