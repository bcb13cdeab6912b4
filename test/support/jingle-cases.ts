import { readdirSync, readFileSync } from 'node:fs';
import type { JingleMessage } from '../../src/jingle/model.ts';

const folder = new URL('../cases/jingle/', import.meta.url);

/** Names of the stanza pairs in test/cases/jingle. */
export const jingleCases: readonly string[] = readdirSync(folder)
  .filter((file) => file.endsWith('.xml'))
  .map((file) => file.replace('.xml', ''));

/** Those that are offers of a real deployment: from the focus, or (32) from another participant. */
export const recordedOffers: readonly string[] = jingleCases.filter((name) =>
  /^\d.*\.session-initiate/.test(name),
);

export function caseXml(name: string): string {
  return readFileSync(new URL(`${name}.xml`, folder), 'utf8').trim();
}

export function caseModel(name: string): JingleMessage {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as JingleMessage;
}

/** Text of test/fixtures/sdp with the line ends that SDP has. */
export function sdpFixture(name: string): string {
  return readFileSync(new URL(`../fixtures/sdp/${name}`, import.meta.url), 'utf8').replaceAll('\n', '\r\n');
}
