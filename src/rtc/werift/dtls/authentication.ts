/**
 * Is the other side who its fingerprint says? werift compares certificates and leaves it at that, but anybody can show a
 * certificate that he has seen: the signature of the handshake proves that the key is his too (RFC 5246, 7.4.3 and 7.4.8).
 */
import { verify, X509Certificate } from 'node:crypto';
import type { DtlsSocket } from '../parts.ts';
import type { Fingerprint } from '../../../jingle/model.ts';
import { fingerprintOf } from '../../own-certificate.ts';
import { hashName, type RemoteParameters } from '../../remote-parameters.ts';

/** Types of handshake messages (RFC 5246, 7.4). */
const serverKeyExchange = 12;
const certificateVerify = 15;
const finished = 20;
/** The hash of the signatures that werift asks for (RFC 5246, 7.4.1.4.1). */
const sha256 = 4;

/** Undefined when everything fits; else what does not, in words. */
export function objectionTo(
  socket: DtlsSocket,
  { dtlsRole, fingerprints }: RemoteParameters,
): string | undefined {
  const { remoteCertificate } = socket;
  if (!remoteCertificate) return 'it has shown no certificate';
  if (!fingerprints.some((fingerprint) => matches(remoteCertificate, fingerprint))) {
    const shown = fingerprintOf(remoteCertificate, 'sha256');
    return `its certificate is not the one that was signalled (it has shown sha-256 ${shown})`;
  }
  const proof = dtlsRole === 'client' ? proofOfServer(socket) : proofOfClient(socket);
  return proof && isSignedBy(remoteCertificate, proof)
    ? undefined
    : 'it does not have the key of its certificate';
}

interface Proof {
  signed: Buffer;
  /** Hash, signature algorithm, length, signature. */
  signature: Buffer;
}

function matches(certificate: Buffer, fingerprint: Fingerprint): boolean {
  const hash = hashName(fingerprint);
  return hash !== undefined && fingerprintOf(certificate, hash) === fingerprint.value.trim().toUpperCase();
}

/** The server signs both randoms and the key that it gives for this one handshake: it must be the key that was used. */
function proofOfServer({ dtls, cipher }: DtlsSocket): Proof | undefined {
  const exchange = dtls.sortedHandshakeCache.find(
    ({ msg_type: type }) => type === serverKeyExchange,
  )?.fragment;
  const used = cipher.remoteKeyPair.publicKey;
  if (!exchange || !used) return undefined;
  const end = 4 + (exchange[3] ?? 0);
  if (!exchange.subarray(4, end).equals(used)) return undefined;
  const randoms = [cipher.localRandom.serialize(), cipher.remoteRandom.serialize()];
  return {
    signed: Buffer.concat([...randoms, exchange.subarray(0, end)]),
    signature: exchange.subarray(end),
  };
}

/** The client signs the whole handshake up to then. */
function proofOfClient({ dtls }: DtlsSocket): Proof | undefined {
  const messages = dtls.sortedHandshakeCache;
  const signature = messages.find(({ msg_type: type }) => type === certificateVerify)?.fragment;
  if (!signature) return undefined;
  const before = messages.filter(({ msg_type: type }) => type !== certificateVerify && type !== finished);
  return { signed: Buffer.concat(before.map((message) => message.serialize())), signature };
}

function isSignedBy(certificate: Buffer, { signed, signature }: Proof): boolean {
  if (signature.length < 4 || signature[0] !== sha256) return false;
  try {
    const { publicKey } = new X509Certificate(certificate);
    return verify('sha256', signed, publicKey, signature.subarray(4, 4 + signature.readUInt16BE(2)));
  } catch {
    return false; // a certificate that is none
  }
}
