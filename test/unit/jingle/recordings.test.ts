/** Of what a real focus said in the recordings, nothing is left out but what was wrong on purpose. */
import { expect, it } from 'vitest';
import { findJingle, parseJingle } from '../../../src/jingle/jingle.ts';
import { parseXml } from '../../../src/xml/parse.ts';
import { captureFrames, captureNames } from '../../support/captures.ts';

it('all that was recorded is taken', () => {
  const leftOut: string[] = [];
  let count = 0;
  for (const name of captureNames()) {
    for (const { text } of captureFrames(name, 'received')) {
      const stanza = parseXml(text);
      const jingle = stanza.name === 'iq' ? findJingle(stanza) : undefined;
      if (!jingle) continue;
      count += 1;
      parseJingle(jingle, (what) => leftOut.push(what));
    }
  }
  expect(count).toBeGreaterThan(150);
  // Our own bad requests, which the focus sends back.
  expect(leftOut).toEqual([
    '<source name="deadbeef-a2" ssrc="0"/>',
    '<source name="deadbeef-a2" ssrc="4294967296"/>',
  ]);
});
