/**
 * What it costs a participant when somebody's microphone and camera come and go, by the size of the room: from the focus' XML to the track, and to the
 * RTP session that receives them. Nothing may grow with the room.
 */
import { randomBytes } from 'node:crypto';
import { systemClock } from '../dist/base/clock.js';
import { RemoteSources } from '../dist/client/media/remote/remote-sources.js';
import { SessionMedia } from '../dist/client/media/session-media.js';
import { SessionLink } from '../dist/rtc/rtp/session-link.js';
import { parseJingle } from '../dist/jingle/jingle.js';
import { SourceMap } from '../dist/jingle/source-map.js';
import { parseXml } from '../dist/xml/parse.js';

const parameters = {
  codecs: [
    {
      payloadType: 100,
      name: 'vp8',
      kind: 'video',
      clockRate: 90_000,
      rtxPayloadType: 96,
      nack: true,
      pli: true,
    },
    { payloadType: 111, name: 'opus', kind: 'audio', clockRate: 48_000, channels: 2 },
  ].map((codec) => ({ nack: false, pli: false, transportFeedback: true, ...codec })),
  extensions: { transportSequence: { audio: 5, video: 5 } },
};

/** JSON as Jicofo writes it, of one participant. */
function sourcesOf(number) {
  const id = (0x10000000 + number).toString(16);
  const ssrc = 10_000_000 + number * 3;
  const video = { n: `${id}-v0`, m: `${id}-video-0-1 7962eb93-447d-42e7-ab31-4781d8c96bb8-1` };
  return {
    [id]: [
      [
        { s: ssrc, ...video },
        { s: ssrc + 1, ...video },
      ],
      [['f', ssrc, ssrc + 1]],
      [{ s: ssrc + 2, n: `${id}-a0`, m: `${id}-audio-0-1 553f96ca-86d1-4e1e-8375-664277efb3b9-1` }],
    ],
  };
}

const xmlOf = (action, number) =>
  `<jingle xmlns="urn:xmpp:jingle:1" action="${action}" sid="s1"><json-message xmlns="http://jitsi.org/jitmeet">${JSON.stringify({ sources: sourcesOf(number) })}</json-message></jingle>`;

function room(size) {
  const map = new SourceMap();
  const remote = new RemoteSources({
    clock: systemClock,
    isRewriting: false,
    participant: () => undefined,
    emit() {},
  });
  remote.carriedBy(
    new SessionMedia(parameters, {
      clock: systemClock,
      random: randomBytes,
      cname: 'bench',
      localSsrc: 1,
      isUp: () => true,
      openRtp: (options, handlers) => new SessionLink(options, handlers, { sendRtp() {}, sendRtcp() {} }),
    }),
  );
  const read = (xml) => parseJingle(parseXml(xml)).sources;
  const add = (xml) => remote.added(map.add(read(xml)).added);
  const remove = (xml) => remote.removed(map.remove(read(xml)).removed);
  for (let number = 0; number < size; number++) add(xmlOf('source-add', number));
  return { add, remove, remote };
}

/** Median, µs. */
function change({ add, remove }, size, rounds) {
  const [adding, removing] = [xmlOf('source-add', size), xmlOf('source-remove', size)];
  const times = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    add(adding);
    remove(removing);
    times.push((performance.now() - start) * 1000);
  }
  return times.sort((a, b) => a - b)[rounds >> 1];
}

const rooms = [10, 100, 500].map((size) => ({ size, ...room(size) }));
for (const each of rooms) change(each, each.size, 3000);
const [smallest] = rooms;
const base = change(smallest, smallest.size, 3000);
for (const each of rooms) {
  const time = change(each, each.size, 3000);
  console.log(
    `${each.size} others, ${each.remote.tracks.size} tracks: ${time.toFixed(0)} µs for a microphone and a camera to come and go, ${(time / base).toFixed(2)} × that of ${smallest.size}`,
  );
}
