/** SDP of a caller's peer connection: answers, and the candidates in them. */
import * as fc from 'fast-check';
import { MediaError, ParseError } from '../../../src/base/errors.ts';
import { buildJingle } from '../../../src/jingle/jingle.ts';
import { buildAccept } from '../../../src/sdp/answer.ts';
import { diffSources } from '../../../src/sdp/local-sources.ts';
import { buildOfferSdp } from '../../../src/sdp/offer.ts';
import { parseSdp, writeSdp } from '../../../src/sdp/sdp.ts';
import { serialize } from '../../../src/xml/serialize.ts';
import { caseModel, recordedOffers, sdpFixture } from '../../../test/support/jingle-cases.ts';
import { edited, textEdit } from '../../../test/support/mutations.ts';
import { outcomeOf } from '../outcome.ts';
import type { FuzzTarget } from '../target.ts';

const offer = caseModel('worked-example.session-initiate');
const answer = sdpFixture('worked-example.answer.sdp');
const known = [
  answer,
  answer,
  sdpFixture('worked-example.offer.sdp'),
  sdpFixture('02-xml-sources-three-participants.carol.plan-b.sdp'),
  ...[...new Set(recordedOffers.map((name) => buildOfferSdp(caseModel(name))))].slice(0, 12),
  // An answer is an offer of somebody who has made up its mind.
].map((text) => text.replaceAll('a=setup:actpass', 'a=setup:active'));
const usual = buildAccept(offer, answer, { endpointId: 'a1b2c3d4' }).sources;

interface LineEdit {
  kind: 'remove' | 'double' | 'swap' | 'word' | 'line';
  at: number;
  word: number;
  value: string;
  line: string;
}

const values =
  `0 -1 1 65535 65536 4294967295 4294967296 1e9 NaN 99999999999999999999 : / - * actpass active sha-256 FF:FF FID SIM
  __proto__ constructor audio video application udp tcp typ host srflx relay prflx raddr rport IN IP4 IP6 0.0.0.0 ::1 x.local`
    .split(/\s+/)
    .concat('', ' ', '\u0000', '😀', 'x'.repeat(3_000));

const lines = [...new Set(known.flatMap((text) => text.split('\r\n')))];
const lineEdit: fc.Arbitrary<LineEdit> = fc.record({
  kind: fc.constantFrom('remove', 'double', 'swap', 'word', 'word', 'word', 'line'),
  at: fc.nat(),
  word: fc.nat(9),
  value: fc.constantFrom(...values),
  line: fc.constantFrom(...lines),
});

function editedLines(text: string, { kind, at, word, value, line }: LineEdit): string {
  const all = text.split('\r\n');
  const index = at % all.length;
  const old = all[index] ?? '';
  const next = index + 1 < all.length ? index + 1 : 0;
  if (kind === 'remove') all.splice(index, 1);
  else if (kind === 'double') all.splice(index, 0, old);
  else if (kind === 'swap') [all[index], all[next]] = [all[next] ?? '', old];
  else if (kind === 'line') all.splice(index, 0, line);
  else {
    const words = old.split(/(?<=[ :=;/])/);
    const place = word % words.length;
    const end = /[ :=;/]$/.exec(words[place] ?? '')?.[0] ?? '';
    all[index] = words.with(place, value + end).join('');
  }
  return all.join('\r\n');
}

/** The letters that are looked for are those of XML. */
const anyEdit = textEdit(known).map((edit) =>
  edit.kind === 'letter' ? { ...edit, kind: 'flip' as const } : edit,
);

export const sdpTarget: FuzzTarget<string> = {
  name: 'sdp',
  inputs: fc.oneof(
    fc
      .tuple(fc.constantFrom(...known), fc.array(lineEdit, { minLength: 1, maxLength: 5 }))
      .map(([text, edits]) => edits.reduce(editedLines, text)),
    fc
      .tuple(fc.constantFrom(...known), fc.array(anyEdit, { minLength: 1, maxLength: 3 }))
      .map(([text, edits]) => edits.reduce(edited, text)),
  ),
  worst: () => ({
    'many media lines': `v=0\r\n${'m=video 9 UDP/TLS/RTP/SAVPF 100\r\na=ssrc:1 msid:a b\r\n'.repeat(10_000)}`,
    'many sources':
      answer + Array.from({ length: 20_000 }, (_, at) => `a=ssrc:${at + 1} msid:m${at} t\r\n`).join(''),
    'one source, many times': answer + 'a=ssrc:1 msid:m t\r\n'.repeat(50_000),
    'many groups': `${answer}${'a=ssrc-group:FID 1 2\r\n'.repeat(50_000)}`,
    'a long group': `${answer}a=ssrc-group:SIM ${Array.from({ length: 100_000 }, (_, at) => at + 1).join(' ')}\r\n`,
    'many candidates': answer + 'a=candidate:1 1 udp 1 10.0.0.1 9 typ host\r\n'.repeat(30_000),
    'many formats': `v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF ${'100 '.repeat(100_000)}\r\n${'a=rtpmap:100 VP8/90000\r\n'.repeat(5_000)}`,
    'parameters of a format': `${answer}a=fmtp:100 ${'a=b;'.repeat(300_000)}\r\n`,
    'white space': `v=0\r\na=${' '.repeat(2_000_000)}x\r\n`,
    'line ends': `v=0${'\r\n\r'.repeat(1_000_000)}`,
    'long numbers': `${answer}m=video ${'9'.repeat(1_000_000)} UDP 1\r\n`,
  }),
  open: () => ({ read }),
};

function read(text: string): string {
  return outcomeOf(
    () => {
      const written = writeSdp(parseSdp(text));
      if (writeSdp(parseSdp(written)) !== written) throw new Error('what is written reads as something else');
      const accept = buildAccept(offer, text, { endpointId: 'a1b2c3d4' });
      serialize(buildJingle(accept));
      diffSources(usual, accept.sources);
    },
    (error) =>
      (error instanceof ParseError && error.source === 'sdp') ||
      (error instanceof MediaError && error.code === 'answer-incomplete'),
  );
}
