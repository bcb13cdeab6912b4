/** Time and CPU to read the largest recorded offer: XML alone, with Jingle, and with the SDP that is made from it. */
import { readdirSync, readFileSync } from 'node:fs';
import { findJingle, parseJingle } from '../dist/jingle/jingle.js';
import { buildOfferSdp } from '../dist/sdp/offer.js';
import { parseXml } from '../dist/xml/parse.js';

const folder = new URL('../test/fixtures/captures/', import.meta.url);
const offers = readdirSync(folder)
  .filter((name) => name.endsWith('.txt'))
  .flatMap((name) => readFileSync(new URL(name, folder), 'utf8').split('\n'))
  .filter((line) => line.startsWith('<<< ') && line.includes('session-initiate'))
  .map((line) => line.replace(/^<<< \S+ /, ''));
const largest = offers.reduce((a, b) => (b.length > a.length ? b : a));
const presence = readFileSync(new URL('30-lib-jitsi-meet.alice.txt', folder), 'utf8')
  .split('\n')
  .find((line) => line.startsWith('<<< ') && line.includes('<presence'))
  .replace(/^<<< \S+ /, '');

function measure(name, size, run) {
  for (let i = 0; i < 300; i++) run();
  const rounds = 2_000;
  const cpu = process.cpuUsage();
  const start = performance.now();
  for (let i = 0; i < rounds; i++) run();
  const wall = ((performance.now() - start) * 1000) / rounds;
  const { user, system } = process.cpuUsage(cpu);
  console.log(
    `${name.padEnd(34)} ${String(size).padStart(6)} characters  ${wall.toFixed(1).padStart(8)} µs  CPU ${((user + system) / rounds).toFixed(1).padStart(8)} µs`,
  );
}

const parsed = parseXml(largest);
const offer = parseJingle(findJingle(parsed));
measure('presence: XML', presence.length, () => parseXml(presence));
measure('largest offer: XML', largest.length, () => parseXml(largest));
measure('largest offer: XML and Jingle', largest.length, () => parseJingle(findJingle(parseXml(largest))));
measure('largest offer: Jingle to SDP', largest.length, () => buildOfferSdp(offer, { semantics: 'unified' }));
