/** What recorded clients sent to a real focus, sent to ours: it accepts the same, and tells the others the same. */
import { describe, expect, it } from 'vitest';
import { child, elements, withAttrs, type XmlElement } from '../../../../src/xml/element.ts';
import { parseXml } from '../../../../src/xml/parse.ts';
import { serialize } from '../../../../src/xml/serialize.ts';
import { captureFeatures, captureFrames } from '../../../support/captures.ts';
import { elementDifferences } from '../../../support/element-diff.ts';
import { FocusRig, jingleTo, memberFeatures } from '../../../support/focus-rig.ts';

const clientActions = ['session-accept', 'source-add', 'source-remove'];
const focusActions = ['source-add', 'source-remove'];

function jingles(name: string, kind: 'sent' | 'received', actions: readonly string[]): XmlElement[] {
  return captureFrames(name, kind)
    .filter(({ text }) => text.includes('<jingle '))
    .flatMap(({ text }) => elements(parseXml(text)))
    .filter(({ name: element, attrs }) => element === 'jingle' && actions.includes(attrs.action ?? ''));
}

/** The endpoint id that a recorded client had. */
function nickOf(name: string): string {
  const join = captureFrames(name, 'sent').find(({ text }) =>
    text.includes('http://jabber.org/protocol/muc"'),
  );
  const nick = join && /to="[^"]*\/([^"]*)"/.exec(join.text)?.[1];
  if (nick === undefined) throw new Error(`${name} does not join`);
  return nick;
}

class RecordedCall {
  readonly rig: FocusRig = new FocusRig();
  readonly told = new Map<string, XmlElement[]>();
  readonly #sids = new Map<string, string>();

  async join(...names: readonly string[]): Promise<void> {
    for (const name of names) this.rig.join(nickOf(name), captureFeatures(name) ?? memberFeatures.json);
    for (const name of names) {
      this.#sids.set(name, (await this.rig.offer(nickOf(name))).attrs.sid ?? '');
      this.told.set(name, []);
    }
  }

  /** Sends what `name` sent with this action; returns the type of the answer. */
  send(name: string, action: string): string | undefined {
    const jingle = jingles(name, 'sent', clientActions).find(({ attrs }) => attrs.action === action);
    if (!jingle) throw new Error(`${name} sent no ${action}`);
    const request = serialize(withAttrs(jingle, { sid: this.#sids.get(name) }));
    const answer = this.rig.askFrom(nickOf(name), request);
    for (const [other, told] of this.told) {
      const iq = this.rig.take((stanza) =>
        focusActions.includes(jingleTo(stanza, nickOf(other))?.attrs.action ?? ''),
      );
      const message = iq && child(iq, 'jingle');
      if (message) told.push(message);
    }
    return answer?.attrs.type;
  }

  /** How what `name` was told differs from what the recorded client was told. */
  differences(name: string): string[] {
    const withoutSid = (jingle: XmlElement): XmlElement => withAttrs(jingle, { sid: undefined });
    const ours = (this.told.get(name) ?? []).map(withoutSid);
    const theirs = jingles(name, 'received', focusActions).map(withoutSid);
    expect(ours.map(({ attrs }) => attrs.action)).toEqual(theirs.map(({ attrs }) => attrs.action));
    return ours.flatMap((jingle, index) => elementDifferences(jingle, theirs[index] ?? jingle));
  }
}

/** Two who accept one after the other. */
async function callOfTwo(scenario: string): Promise<{ call: RecordedCall; alice: string; bob: string }> {
  const [alice, bob] = [`${scenario}.alice`, `${scenario}.bob`];
  const call = new RecordedCall();
  call.rig.open();
  await call.join(alice, bob);
  expect([call.send(alice, 'session-accept'), call.send(bob, 'session-accept')]).toEqual([
    'result',
    'result',
  ]);
  return { call, alice, bob };
}

describe('recorded calls', () => {
  it('of the browser client', async () => {
    const { call, alice, bob } = await callOfTwo('30-lib-jitsi-meet');
    expect([call.told.get(alice)?.length, call.told.get(bob)?.length]).toEqual([1, 1]);
    expect([...call.differences(alice), ...call.differences(bob)]).toEqual([]);
  });

  it.each(['02-xml-sources-three-participants', '03-json-sources-no-rewriting'])(
    'with three, of whom one adds and removes a source: %s',
    async (scenario) => {
      const { call, alice, bob } = await callOfTwo(scenario);
      const carol = `${scenario}.carol`;
      await call.join(carol);
      for (const [name, action] of [
        [carol, 'session-accept'],
        [bob, 'source-add'],
        [bob, 'source-remove'],
      ] as const) {
        expect(call.send(name, action)).toBe('result');
      }
      expect([alice, bob, carol].flatMap((name) => call.differences(name))).toEqual([]);
    },
  );

  it.each(['01-two-participants', '04-rewriting-and-sctp-offered'])(
    'of those who learn of sources from the bridge: %s',
    async (scenario) => {
      const { call, alice, bob } = await callOfTwo(scenario);
      expect([call.told.get(alice), call.told.get(bob)]).toEqual([[], []]);
      expect(call.rig.bridge.endpointOf(nickOf(alice)).sources?.sources).toHaveLength(3);
    },
  );

  it('of those who tell of their sources in JSON: accepted, but nobody learns of them', async () => {
    const { call, alice, bob } = await callOfTwo('10-smacks');
    expect([call.told.get(alice), call.told.get(bob)]).toEqual([[], []]);
    const endpoint = call.rig.bridge.endpointOf(nickOf(alice));
    expect([endpoint.remoteTransports.length, endpoint.sources]).toEqual([1, undefined]);
  });
});
