/** Who we are in the room: the endpoint id (lib-jitsi-meet `JitsiConference.ts`, `resourceCreator`) and our JIDs. */
import { type RandomBytes, randomHex } from '../../base/random.ts';
import { localOf } from '../../xmpp/jid.ts';

/**
 * The first eight characters of an anonymous login's user name, when they are hex digits: strict servers demand just that.
 * Otherwise eight random hex digits.
 */
export function chooseEndpointId(jid: string, isAnonymous: boolean, random: RandomBytes): string {
  const prefix = localOf(jid).slice(0, 8).toLowerCase();
  return isAnonymous && /^[0-9a-f]{8}$/.test(prefix) ? prefix : randomHex(random, 8);
}
