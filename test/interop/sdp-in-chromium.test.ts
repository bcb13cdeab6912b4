/**
 * What a real Chromium makes of our offers: every session-initiate of a real focus, then sources that come and go as they were
 * recorded. What we make of Chromium's answers is judged by what a focus reads of a session-accept.
 *
 * Prints the table of docs/protocol/chromium.md.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildJingle, findJingle, parseJingle } from '../../src/jingle/jingle.ts';
import type { JingleMessage, SourceSet } from '../../src/jingle/model.ts';
import { buildAccept } from '../../src/sdp/answer.ts';
import { buildOfferSdp } from '../../src/sdp/offer.ts';
import { isPlanBError } from '../../src/sdp/plan-b-error.ts';
import { RemoteDescription } from '../../src/sdp/remote-description.ts';
import { directionOf, parseMediaLine, parseSdp } from '../../src/sdp/sdp.ts';
import { parseXml } from '../../src/xml/parse.ts';
import { serialize } from '../../src/xml/serialize.ts';
import { objectionsTo } from '../support/accept-checker.ts';
import { captureFrames } from '../support/captures.ts';
import { type ChromiumPeers, type Negotiated, openChromiumPeers } from '../support/chromium-peers.ts';
import { caseModel, caseXml, recordedOffers } from '../support/jingle-cases.ts';

const endpointId = 'a1b2c3d4';

/** Offers of the focus; those of other participants are for direct sessions, which are declined. */
const offers = recordedOffers.filter((name) => caseXml(name).includes('<bridge-session'));

/** A newcomer with a microphone and a screen, for recordings in which nobody comes or goes. */
const newcomer: SourceSet = {
  sources: [
    { ssrc: 4100000001, mediaType: 'audio', owner: 'b9', name: 'b9-a0', msid: 'b9-audio-0-1 mic-1' },
    ...[4100000002, 4100000003].map((ssrc) => ({
      ssrc,
      mediaType: 'video' as const,
      owner: 'b9',
      name: 'b9-v0',
      msid: 'b9-video-0-1 screen-1',
      videoType: 'desktop' as const,
    })),
  ],
  groups: [{ semantics: 'FID', ssrcs: [4100000002, 4100000003], mediaType: 'video', owner: 'b9' }],
};

interface Step {
  what: 'offer' | 'source-add' | 'source-remove';
  recorded: boolean;
  sdp: string;
  /** Kind and stream of every track that there is now. */
  tracks: string[];
}

interface Row {
  name: string;
  contents: string;
  cells: string[];
  accept: string;
}

const rows: Row[] = [];
let chromium: ChromiumPeers;

beforeAll(async () => {
  chromium = await openChromiumPeers();
});
afterAll(async () => {
  await chromium[Symbol.asyncDispose]();
  if (rows.length === offers.length) console.log(table(chromium.version));
});

it('covers the recordings', () => {
  expect(offers).toHaveLength(77);
});

describe.each(offers)('%s', (name) => {
  it('is answered by a browser that sends, before and after sources come and go', async () => {
    const offer = caseModel(name);
    const steps = stepsOf(name, offer);
    const negotiated = await chromium.negotiate({ offers: steps.map(({ sdp }) => sdp), tracks: true });
    judgeAnswers(steps, negotiated);
    const objections = judgeAccept(name, offer, negotiated, { audio: 1, video: 2 });
    rows.push({
      name,
      contents: offer.contents.map((content) => content.name).join(' '),
      cells: ['offer', 'source-add', 'source-remove'].map((what) => cell(steps, negotiated, what)),
      accept: objections,
    });
  });
});

describe('an offer with an odd entry', () => {
  const offer = caseXml('01-two-participants.alice.session-initiate');
  const begin = offer.indexOf('<payload-type');
  const withPayloadType = (text: string): string => offer.slice(0, begin) + text + offer.slice(begin);

  it.each<[string, string]>([
    ['static payload types', withPayloadType('<payload-type id="0"/><payload-type id="8" name="PCMA"/>')],
    [
      'the number of a codec of the other kind',
      withPayloadType('<payload-type id="100" name="foo" clockrate="8000"/>'),
    ],
    [
      'retransmissions of nothing',
      withPayloadType(
        '<payload-type id="88" name="rtx" clockrate="90000"><parameter name="apt" value="99"/></payload-type>',
      ),
    ],
    ['a name that is none', withPayloadType('<payload-type id="88" name="a b/c" clockrate="90000"/>')],
    ['no clock rate', withPayloadType('<payload-type id="88" name="foo"/>')],
    ['no user fragment in one content', offer.replace(/ufrag=['"][^'"]*['"]/, 'ufrag=""')],
    ['a candidate of an unknown type', offer.replace(/type=(['"])host\1/, 'type="odd"')],
    ['a candidate of an unknown protocol', offer.replace(/protocol=(['"])udp\1/, 'protocol="dccp"')],
    ['an unknown hash function', offer.replace(/hash=(['"])sha-256\1/, 'hash="rot-13"')],
    [
      'a header extension twice',
      offer.replace('urn:ietf:params:rtp-hdrext:ssrc-audio-level', 'urn:ietf:params:rtp-hdrext:sdes:mid'),
    ],
  ])('(%s) is answered', async (_, text) => {
    const jingle = findJingle(parseXml(text));
    if (!jingle) throw new Error('there is no offer');
    const sdp = buildOfferSdp(parseJingle(jingle));
    const { answers, error } = await chromium.negotiate({ offers: [sdp], tracks: true });
    expect(error).toBeUndefined();
    expect(answers[0]?.sdp).toMatch(/m=audio 9 [^]*m=video 9 /);
  });
});

/** One of each way in which sources are written, with and without a data channel. */
const selection = [
  '01-two-participants.alice.session-initiate',
  '02-xml-sources-three-participants.carol.session-initiate',
  '03-json-sources-no-rewriting.carol.session-initiate',
  '04-rewriting-and-sctp-offered.carol.session-initiate',
  '30-lib-jitsi-meet.bob.session-initiate',
];

describe.each(selection)('%s', (name) => {
  it('is answered by a browser that only receives', async () => {
    const offer = caseModel(name);
    const steps = stepsOf(name, offer);
    const negotiated = await chromium.negotiate({ offers: steps.map(({ sdp }) => sdp) });
    judgeAnswers(steps, negotiated);
    judgeAccept(name, offer, negotiated, { audio: 0, video: 0 });
  });

  it('is answered by a browser that sends three layers', async () => {
    const offer = caseModel(name);
    const steps = stepsOf(name, offer);
    const negotiated = await chromium.negotiate({
      offers: steps.map(({ sdp }) => sdp),
      tracks: true,
      simulcast: true,
    });
    judgeAnswers(steps, negotiated);
    judgeAccept(name, offer, negotiated, { audio: 1, video: 6 });
  });
});

describe('Plan B', () => {
  const planB = (name: string): string => buildOfferSdp(caseModel(name), { semantics: 'plan-b' });

  it('is refused where an m-line has several tracks, with an error that is known as such', async () => {
    const { error } = await chromium.negotiate({
      offers: [planB('02-xml-sources-three-participants.carol.session-initiate')],
    });
    expect(error).toMatchObject({ name: 'InvalidAccessError' });
    expect(isPlanBError(error)).toBe(true);
  });

  it('is taken for Unified Plan where each m-line has one track', async () => {
    const { answers } = await chromium.negotiate({
      offers: [planB('02-xml-sources-three-participants.alice.session-initiate')],
    });
    expect(answers).toHaveLength(1);
  });

  it('is not what other refused offers are', async () => {
    const { error } = await chromium.negotiate({ offers: ['v=0\r\n'] });
    expect(error).toBeDefined();
    expect(isPlanBError(error)).toBe(false);
  });
});

/** The offer, then what the focus told of sources in the same session; what it did not tell of is made up. */
function stepsOf(name: string, offer: JingleMessage): Step[] {
  const description = new RemoteDescription(offer, { sessionId: 1764000000000 });
  const present = new Map(offer.sources.sources.map((source) => [source.ssrc, source]));
  const step = (what: Step['what'], recorded: boolean): Step => ({
    what,
    recorded,
    sdp: description.toSdp(),
    tracks: [...new Set([...present.values()].map(({ mediaType, msid }) => `${mediaType} ${msid}`))].map(
      (track) => track.split(' ').slice(0, 2).join(' '),
    ),
  });
  const steps = [step('offer', true)];
  const change = (what: Step['what'], sources: SourceSet, recorded: boolean): void => {
    if (what === 'source-add') {
      description.addSources(sources);
      for (const source of sources.sources) present.set(source.ssrc, source);
    } else {
      description.removeSources(sources);
      for (const { ssrc } of sources.sources) present.delete(ssrc);
    }
    steps.push(step(what, recorded));
  };
  for (const { what, sources } of recordedChanges(name, offer.sid)) change(what, sources, true);
  for (const what of ['source-add', 'source-remove'] as const) {
    if (!steps.some((each) => each.what === what)) {
      // What came is what goes, if nothing else did.
      const others = [...present.values()].filter(({ owner }) => owner !== 'jvb');
      const gone = steps.some((each) => each.recorded && each.what === 'source-add')
        ? { sources: others, groups: [] }
        : newcomer;
      change(what, what === 'source-add' ? newcomer : gone, false);
    }
  }
  return steps;
}

interface Change {
  what: 'source-add' | 'source-remove';
  sources: SourceSet;
}

function recordedChanges(name: string, sid: string): Change[] {
  const recording = name.split('.').slice(0, 2).join('.');
  return captureFrames(recording, 'received').flatMap(({ text }): Change[] => {
    if (!/action=["']source-(add|remove)["']/.test(text)) return [];
    const iq = parseXml(text);
    const jingle = findJingle(iq);
    // Some are refused stanzas of our side that come back in the error.
    const message = iq.attrs.type === 'set' && jingle ? parseJingle(jingle) : undefined;
    if (message?.sid !== sid) return [];
    return [
      { what: message.action === 'source-add' ? 'source-add' : 'source-remove', sources: message.sources },
    ];
  });
}

function judgeAnswers(steps: readonly Step[], { answers, error }: Negotiated): void {
  expect(error).toBeUndefined();
  expect(answers).toHaveLength(steps.length);
  for (const [index, { sdp, receiving }] of answers.entries()) {
    const step = steps[index];
    // Each m-line is answered, and refused only where the offer had closed it.
    expect(mediaLines(sdp)).toEqual(mediaLines(step?.sdp ?? ''));
    // What the browser receives is what the focus told of: no track more, no track less.
    expect(receiving.map(({ kind, stream }) => `${kind} ${stream}`).sort()).toEqual(step?.tracks.sort());
    expect(new Set(receiving.map(({ mid }) => mid)).size).toBe(receiving.length);
  }
}

/** The accept of the first answer; the number of SSRCs of each kind is what the browser sends. */
function judgeAccept(
  name: string,
  offer: JingleMessage,
  { answers }: Negotiated,
  expected: Readonly<Record<'audio' | 'video', number>>,
): string {
  const accept = buildAccept(offer, answers[0]?.sdp ?? '', { endpointId, initialLastN: 5 });
  const written = serialize(buildJingle(accept));
  const objections = objectionsTo(written, { offer: caseXml(name), endpointId });
  expect(objections).toEqual([]);
  const count = (kind: string): number =>
    accept.sources.sources.filter(({ mediaType }) => mediaType === kind).length;
  expect({ audio: count('audio'), video: count('video') }).toEqual(expected);
  // What the browser sends is not affected by what others send: there would be nothing to signal.
  const last = buildAccept(offer, answers.at(-1)?.sdp ?? '', { endpointId });
  expect(last.sources).toEqual(accept.sources);
  return `ok, ${accept.sources.sources.length} SSRCs`;
}

/** Kind and whether it is open, of each m-line. */
function mediaLines(sdp: string): string[] {
  return parseSdp(sdp).media.map((lines) => {
    const { kind, port } = parseMediaLine(lines);
    return `${kind} ${port === 0 ? 'refused' : directionOf(lines) === 'inactive' ? 'inactive' : 'open'}`;
  });
}

function cell(steps: readonly Step[], { answers }: Negotiated, what: string): string {
  const results = steps.flatMap((step, index) =>
    step.what === what ? [{ step, lines: mediaLines(answers[index]?.sdp ?? '') }] : [],
  );
  const lines = results
    .map(({ lines: each }) => each.filter((line) => line.endsWith('open')).length)
    .join(', ');
  const made = results.some(({ step }) => !step.recorded);
  return `ok, ${lines}${made ? ' (made)' : ''}`;
}

/** As Markdown. */
function table(version: string): string {
  const head = ['offer', 'contents', 'm-lines offered', 'after source-add', 'after source-remove', 'accept'];
  const sorted = rows.toSorted((a, b) => (label(a) < label(b) ? -1 : 1));
  const body = sorted.map((row) => [label(row), row.contents, ...row.cells, row.accept]);
  const all = [head, head.map(() => '---'), ...body];
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const lines = all.map((row, index) =>
    row
      .map((text, column) =>
        index === 1 ? '-'.repeat(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0),
      )
      .join(' | '),
  );
  return [`Chromium ${version}`, '', ...lines.map((line) => `| ${line} |`)].join('\n');
}

/** Recording, participant, and number of the session if there were several. */
function label({ name }: Row): string {
  return name.replace('.session-initiate', '').replace(/-(\d+)$/, ' $1');
}
