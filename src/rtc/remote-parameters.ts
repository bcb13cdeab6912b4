/** What a transport must know of the other side before it can connect. */
import { MediaError } from '../base/errors.ts';
import type { Fingerprint, IceTransport } from '../jingle/model.ts';
import type { PeerTransportOptions } from './peer-transport.ts';

export interface RemoteParameters {
  ufrag: string;
  pwd: string;
  /** Of the certificates that the other side may show; at least one. */
  fingerprints: readonly Fingerprint[];
  /** Our part of the DTLS handshake (RFC 5763, 5): the client is the active side. */
  dtlsRole: 'client' | 'server';
}

/** Hash functions of RFC 8122, 5 that are still sound, and their names in Node. */
const hashNames: ReadonlyMap<string, string> = new Map([
  ['sha-256', 'sha256'],
  ['sha-384', 'sha384'],
  ['sha-512', 'sha512'],
]);

/** RFC 8445, 5.3 allows less; spaces and line breaks would be dangerous in SDP. */
const iceText = /^[\x21-\x7e]{1,256}$/;
const hexPairs = /^[\da-f]{2}(:[\da-f]{2})+$/i;

/** Node's name of a fingerprint's hash function, or undefined for one that proves nothing. */
export function hashName(fingerprint: Fingerprint): string | undefined {
  return hashNames.get(fingerprint.hash.toLowerCase());
}

/** @throws MediaError `remote-transport` when something is missing, or both ends would be DTLS clients */
export function remoteParameters(remote: IceTransport, end: PeerTransportOptions['end']): RemoteParameters {
  const { ufrag, pwd } = remote;
  if (!ufrag || !pwd) throw unusable('it has no ICE credentials');
  if (!iceText.test(ufrag) || !iceText.test(pwd))
    throw unusable('its ICE credentials have impossible characters');
  const fingerprints = remote.fingerprints.filter(
    (each) => hashName(each) !== undefined && hexPairs.test(each.value.trim()),
  );
  const [first] = fingerprints;
  if (!first) throw unusable('it has no fingerprint of SHA-256 or better');
  return { ufrag, pwd, fingerprints, dtlsRole: dtlsRole(first, end) };
}

/** The bridge's offer leaves the choice to us, and we are active (media 6.2); the answer to a bridge must have chosen. */
function dtlsRole({ setup }: Fingerprint, end: PeerTransportOptions['end']): 'client' | 'server' {
  if (end === 'participant') {
    if (setup === 'active' || setup === 'holdconn')
      throw unusable(`setup="${setup}" leaves us no part to play`);
    return 'client';
  }
  if (setup === 'active') return 'server';
  if (setup === 'passive') return 'client';
  throw unusable(`an answer's setup must be "active" or "passive", not ${setup ? `"${setup}"` : 'missing'}`);
}

function unusable(why: string): MediaError {
  return new MediaError(`connecting to the other side: its transport cannot be used, ${why}`, {
    code: 'remote-transport',
  });
}
