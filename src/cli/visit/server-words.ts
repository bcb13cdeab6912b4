/** What a deployment says of who may come in, in one line. */
import type { ServerAuth } from '../../jitsi/server-auth.ts';

export function serverWords(auth: ServerAuth): string {
  const login = auth.authenticationRequired
    ? `rooms are opened by those who log in${auth.externalAuth ? ' (at an external service)' : ''}`
    : 'no login needed';
  const guests = auth.guestAccess ? ['guests have a domain of their own'] : [];
  const visitors = auth.visitors ? ['visitors are supported'] : [];
  return `* server: ${[login, ...guests, ...visitors, `we are ${auth.anonymous ? 'a guest' : 'logged in'}`].join('; ')}`;
}
