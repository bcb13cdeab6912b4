/**
 * Time from an offer's XML to the SDP for a browser, by the size of the room, and of one source-add in a room with 500
 * sources. A source is a microphone (one SSRC) or a camera (two, with retransmission); every second one is a camera.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { findJingle, parseJingle } from '../dist/jingle/jingle.js';
import { RemoteDescription } from '../dist/sdp/remote-description.js';
import { parseXml } from '../dist/xml/parse.js';

const folder = new URL('../test/cases/jingle/', import.meta.url);
const largest = readdirSync(folder)
  .filter((name) => /^\d.*\.session-initiate.*\.xml$/.test(name))
  .map((name) => readFileSync(new URL(name, folder), 'utf8').trim())
  .reduce((a, b) => (b.length > a.length ? b : a));
const bare = readFileSync(new URL('01-two-participants.alice.session-initiate.xml', folder), 'utf8').trim();

/** JSON as Jicofo writes it: participants `from` to `to`, two sources each. */
function participants(from, to) {
  const sources = {};
  for (let number = from; number < to; number++) {
    const id = (0x10000000 + number).toString(16);
    const ssrc = 10_000_000 + number * 3;
    const video = { n: `${id}-v0`, m: `${id}-video-0-1 7962eb93-447d-42e7-ab31-4781d8c96bb8-1` };
    sources[id] = [
      [
        { s: ssrc, ...video },
        { s: ssrc + 1, ...video },
      ],
      [['f', ssrc, ssrc + 1]],
      [{ s: ssrc + 2, n: `${id}-a0`, m: `${id}-audio-0-1 553f96ca-86d1-4e1e-8375-664277efb3b9-1` }],
    ];
  }
  return { sources };
}

/** The recorded offer with these sources beside the bridge's own, escaped as Prosody does it. */
function offerWith({ sources }) {
  const others = JSON.stringify(sources).slice(1, -1).replaceAll('"', '&quot;');
  const [head, tail] = bare.split('{&quot;sources&quot;:{');
  return `${head}{&quot;sources&quot;:{${others},${tail}`;
}

/** Median of the rounds, µs. */
function median(rounds, prepare, run) {
  const times = [];
  for (let round = 0; round < rounds; round++) {
    const input = prepare();
    const start = performance.now();
    run(input);
    times.push((performance.now() - start) * 1000);
  }
  return times.sort((a, b) => a - b)[rounds >> 1];
}

const read = (xml) => parseJingle(findJingle(parseXml(xml)));
const columns = ['', 'SSRCs', 'XML', 'SDP', 'read, µs', 'to SDP, µs', 'µs an SSRC'];
console.log(columns.map((text, index) => (index ? text.padStart(12) : text.padEnd(24))).join(''));
const rooms = [
  ['largest recorded offer', largest],
  ...[100, 500, 1000].map((count) => [`${count} sources`, offerWith(participants(0, count / 2))]),
];
for (const [name, xml] of rooms) {
  const offer = read(xml);
  const sdp = new RemoteDescription(offer).toSdp();
  const ssrcs = offer.sources.sources.length;
  const rounds = xml.length > 20_000 ? 60 : 400;
  const nothing = () => undefined;
  // Warm first.
  median(rounds, nothing, () => new RemoteDescription(read(xml)).toSdp());
  const reading = median(rounds, nothing, () => read(xml));
  const writing = median(rounds, nothing, () => new RemoteDescription(offer).toSdp());
  const figures = [ssrcs, xml.length, sdp.length, reading.toFixed(0), writing.toFixed(0)];
  const each = ((reading + writing) / ssrcs).toFixed(1);
  console.log(name.padEnd(24) + [...figures, each].map((figure) => String(figure).padStart(12)).join(''));
}

const room = read(offerWith(participants(0, 250)));
const added = `<jingle xmlns="urn:xmpp:jingle:1" action="source-add" sid="${room.sid}"><json-message xmlns="http://jitsi.org/jitmeet">${JSON.stringify(participants(250, 251))}</json-message></jingle>`;
const describe = () => new RemoteDescription(room);
const steps = {
  'read it': () => parseJingle(parseXml(added)),
  'take it in': (description) => description.addSources(parseJingle(parseXml(added)).sources),
  'take it in and write the SDP': (description) => {
    description.addSources(parseJingle(parseXml(added)).sources);
    description.toSdp();
  },
};
console.log('\nA source-add (microphone and camera) in the room with 500 sources:');
for (const [name, run] of Object.entries(steps)) {
  median(60, describe, run);
  console.log(`${name.padEnd(30)} ${median(60, describe, run).toFixed(0).padStart(8)} µs`);
}
