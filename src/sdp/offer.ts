/** A Jingle offer as SDP, for who needs the text once; {@link RemoteDescription} follows the session. */
import type { JingleMessage } from '../jingle/model.ts';
import { type OfferOptions, RemoteDescription } from './remote-description.ts';

/**
 * @param offer a session-initiate with the sources to describe
 * @returns lines end with CRLF
 */
export function buildOfferSdp(offer: JingleMessage, options: OfferOptions = {}): string {
  return new RemoteDescription(offer, options).toSdp();
}
