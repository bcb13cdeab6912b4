/**
 * What SRTP costs a packet, beside werift's ciphers on the same bytes: µs of CPU, and the ratio in one run. Packets of audio (100 bytes) and
 * of video (1100), sealed and opened; the median of several rounds in turns.
 */
import { RtpHeader, SrtpSession } from 'werift';
import { nodeCiphers } from '../dist/rtc/node-ciphers.js';
import { buildRtpHeader } from '../dist/rtp/packet.js';
import { protectionProfiles } from '../dist/srtp/profiles.js';
import { Srtp } from '../dist/srtp/srtp.js';

const packets = 5_000;
const rounds = 9;
const names = { 1: 'AES128_CM_HMAC_SHA1_80', 7: 'AEAD_AES_128_GCM' };
const random = (size) => Buffer.from(crypto.getRandomValues(new Uint8Array(size)));
const headerOf = (index) =>
  buildRtpHeader({
    payloadType: 100,
    marker: false,
    sequenceNumber: index & 0xffff,
    timestamp: index,
    ssrc: 1,
    extensions: [{ id: 5, value: Uint8Array.of(index >>> 8, index) }],
  });

function cpu(work) {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / packets;
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

function measure(profile, length) {
  const id = Number(profile);
  const [masterKey, masterSalt] = [random(16), random(protectionProfiles[id].saltLength)];
  const keys = {
    localMasterKey: masterKey,
    localMasterSalt: masterSalt,
    remoteMasterKey: masterKey,
    remoteMasterSalt: masterSalt,
  };
  const ours = new Srtp(nodeCiphers, { profile: id, ...keys });
  const werift = new SrtpSession({ keys, profile: id });
  const payload = random(length);
  const costs = { seal: [[], []], open: [[], []] };
  let number = 0;
  for (let round = 0; round < rounds; round++) {
    const headers = Array.from({ length: packets }, () => Buffer.from(headerOf(number++)));
    const parsed = headers.map((header) => RtpHeader.deSerialize(header));
    const sealed = [];
    const byWerift = [];
    costs.seal[0].push(cpu(() => headers.forEach((header) => sealed.push(ours.protectRtp(header, payload)))));
    costs.seal[1].push(cpu(() => parsed.forEach((header) => byWerift.push(werift.encrypt(payload, header)))));
    costs.open[0].push(cpu(() => sealed.forEach((packet) => ours.unprotectRtp(packet))));
    costs.open[1].push(cpu(() => byWerift.forEach((packet) => werift.decrypt(packet))));
  }
  for (const [name, [mine, theirs]] of Object.entries(costs)) {
    const [a, b] = [median(mine), median(theirs)];
    console.log(
      `${names[profile].padEnd(24)} ${String(length).padStart(5)} bytes ${name}: ${a.toFixed(1)} µs, werift ${b.toFixed(1)} µs, ratio ${(a / b).toFixed(2)}`,
    );
  }
}

for (const profile of Object.keys(names)) for (const length of [100, 1_100]) measure(profile, length);
