/** Jingle stanzas, for the codec and for everything that a session does with a message. */
import * as fc from 'fast-check';
import { MediaError, ParseError } from '../../../src/base/errors.ts';
import { buildJingle, findJingle, parseJingle, transportOf } from '../../../src/jingle/jingle.ts';
import { SourceMap } from '../../../src/jingle/source-map.ts';
import { remoteParameters } from '../../../src/rtc/remote-parameters.ts';
import { rtpParameters } from '../../../src/rtc/rtp/parameters.ts';
import { RemoteDescription } from '../../../src/sdp/remote-description.ts';
import { parseSdp } from '../../../src/sdp/sdp.ts';
import { parseXml } from '../../../src/xml/parse.ts';
import { serialize } from '../../../src/xml/serialize.ts';
import { caseModel, caseXml, jingleCases } from '../../../test/support/jingle-cases.ts';
import { jingleJunk, mutate } from '../../../test/support/jingle-edits.ts';
import { edited, editedElement, elementEdit, textEdit } from '../../../test/support/mutations.ts';
import { outcomeOf } from '../outcome.ts';
import type { FuzzTarget } from '../target.ts';

/** Of those with the same elements a few: offers are long, and many. */
const stanzas: string[] = (() => {
  const kept = new Map<string, string[]>();
  for (const stanza of jingleCases.map(caseXml)) {
    const shape = [
      ...new Set([...stanza.matchAll(/<([\w:-]+)|action="([\w-]+)/g)].map(([part]) => part)),
    ].join(' ');
    const alike = kept.get(shape) ?? [];
    if (alike.length < 2) kept.set(shape, [...alike, stanza]);
  }
  return [...kept.values()].flat();
})();
const trees = stanzas.map((stanza) => parseXml(stanza));
const offer = caseModel('worked-example.session-initiate');

export const jingleTarget: FuzzTarget<string> = {
  name: 'jingle',
  inputs: fc.oneof(
    {
      weight: 3,
      arbitrary: fc
        .tuple(
          fc.constantFrom(...trees),
          fc.array(fc.tuple(fc.nat(), fc.nat(), jingleJunk), { minLength: 1, maxLength: 4 }),
        )
        .map(([tree, changes]) =>
          serialize(changes.reduce((element, change) => mutate(element, ...change), tree)),
        ),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom(...trees), fc.array(elementEdit, { minLength: 1, maxLength: 3 }))
        .map(([tree, edits]) => serialize(edits.reduce(editedElement, tree))),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom(...stanzas), fc.array(textEdit(stanzas), { minLength: 1, maxLength: 2 }))
        .map(([stanza, edits]) => edits.reduce(edited, stanza)),
    },
  ),
  worst: () => ({
    'five thousand sources': offerOf(sources(5_000)),
    'one source, five thousand times': offerOf(sources(1).repeat(5_000)),
    'ten thousand groups': offerOf(
      sources(2) +
        `<ssrc-group xmlns="urn:xmpp:jingle:apps:rtp:ssma:0" semantics="FID"><source ssrc="1"/><source ssrc="2"/></ssrc-group>`.repeat(
          10_000,
        ),
    ),
    'a group of all sources': offerOf(
      `${sources(4_000)}<ssrc-group xmlns="urn:xmpp:jingle:apps:rtp:ssma:0" semantics="SIM">${Array.from({ length: 4_000 }, (_, at) => `<source ssrc="${at + 1}"/>`).join('')}</ssrc-group>`,
    ),
    'ten thousand payload types': offerOf(
      '<payload-type id="100" name="VP8" clockrate="90000"/>'.repeat(10_000),
    ),
    'two thousand contents': jingle(
      '<content name="video" creator="initiator"><description xmlns="urn:xmpp:jingle:apps:rtp:1" media="video"/></content>'.repeat(
        2_000,
      ),
    ),
    'ten thousand candidates': jingle(
      `<content name="a" creator="initiator"><transport xmlns="urn:xmpp:jingle:transports:ice-udp:1" ufrag="a" pwd="b">${'<candidate component="1" foundation="1" generation="0" id="x" ip="10.0.0.1" network="0" port="1" priority="1" protocol="udp" type="host"/>'.repeat(10_000)}</transport></content>`,
    ),
    'deep JSON': jingle(
      `<json-message xmlns="http://jitsi.org/jitmeet">${'['.repeat(1_000_000)}</json-message>`,
    ),
    'many owners in JSON': jingle(
      `<json-message xmlns="http://jitsi.org/jitmeet">${JSON.stringify({ sources: Object.fromEntries(Array.from({ length: 8_000 }, (_, at) => [`e${at}`, [[{ s: at + 1, n: `e${at}-v0` }], [], [], []]])) })}</json-message>`,
    ),
  }),
  open: () => ({ read }),
};

function jingle(content: string): string {
  return `<iq xmlns="jabber:client" type="set" id="1" from="r@c.x/focus"><jingle xmlns="urn:xmpp:jingle:1" action="session-initiate" sid="s" initiator="r@c.x/focus">${content}</jingle></iq>`;
}

function offerOf(description: string): string {
  return jingle(
    `<content name="video" creator="initiator" senders="both"><description xmlns="urn:xmpp:jingle:apps:rtp:1" media="video">${description}</description></content>`,
  );
}

function sources(count: number): string {
  return Array.from(
    { length: count },
    (_, at) =>
      `<source xmlns="urn:xmpp:jingle:apps:rtp:ssma:0" ssrc="${at + 1}" name="e${at}-v0"><ssrc-info xmlns="http://jitsi.org/jitmeet" owner="r@c.x/e${at}"/><parameter name="msid" value="m${at} t"/></source>`,
  ).join('');
}

function read(text: string): string {
  return outcomeOf(
    () => {
      const element = findJingle(parseXml(text));
      if (!element) return;
      const message = parseJingle(element);
      const written = buildJingle(message);
      serialize(written);
      parseJingle(written);
      const map = new SourceMap();
      const { added } = map.add(message.sources);
      map.remove(added);
      // One way for each input, of either kind.
      const semantics = text.length % 2 === 0 ? 'unified' : 'plan-b';
      if (message.action === 'session-initiate') {
        rtpParameters(message);
        parseSdp(new RemoteDescription(message, { semantics }).toSdp());
      } else {
        const description = new RemoteDescription(offer, { semantics });
        description.addSources(message.sources);
        description.removeSources(message.sources);
        parseSdp(description.toSdp());
      }
      const transport = transportOf(message);
      if (transport) remoteParameters(transport, 'participant');
    },
    (error) =>
      (error instanceof ParseError && (error.source === 'xml' || error.source === 'jingle')) ||
      (error instanceof MediaError && error.code === 'remote-transport'),
  );
}
