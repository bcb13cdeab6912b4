/** Messages of a bridge channel: what the client reads of a bridge, and what the sandbox's bridge reads of clients. */
import * as fc from 'fast-check';
import { ParseError } from '../../../src/base/errors.ts';
import {
  parseBridgeMessage,
  readPing,
  textOf,
  type EndpointMessage,
} from '../../../src/jitsi/bridge-messages/index.ts';
import { decodeRaw } from '../../../src/rtc/raw-message.ts';
import { RawReader } from '../../../src/rtc/raw-reader.ts';
import { readClientMessage, VoidMessage } from '../../../src/sandbox/bridge/channel/client-message.ts';
import { encodeMember, stringMember, withSender } from '../../../src/sandbox/bridge/channel/envelope.ts';
import { JsonFault, scanObject } from '../../../src/sandbox/bridge/channel/json-scanner.ts';
import { captureNames, readCapture } from '../../../test/support/captures.ts';
import { bridgeMessages } from '../../../test/support/hostile.ts';
import { edited, textEdit } from '../../../test/support/mutations.ts';
import { outcomeOf } from '../outcome.ts';
import type { FuzzTarget, Subject } from '../target.ts';

const known: string[] = [
  ...new Set([
    ...captureNames().flatMap((name) =>
      readCapture(name).flatMap(({ kind, text }) => (kind.startsWith('channel-') ? [text] : [])),
    ),
    ...bridgeMessages(0, 1).filter((text) => text.length < 1_000),
    '{"colibriClass":"EndpointMessage","to":"","from":"abcd1234","raw":"QUJD"}',
    '{"colibriClass":"EndpointMessage","from":"abcd1234","to":"me","msgPayload":{"type":"raw","data":"QUJD"}}',
  ]),
];

const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    'true',
    '',
    '-1',
    -1,
    0,
    1.5,
    2 ** 32,
    1e300,
    [],
    {},
    [[]],
    [null],
    [{}],
    '__proto__',
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Another value in one place. */
const oddMessage = fc
  .tuple(fc.constantFrom(...known.filter(isJson)), fc.nat(20), oddValue)
  .map(([text, index, value]) => {
    let left = index;
    const odd: unknown = JSON.parse(text, (key, old: unknown) =>
      key !== 'colibriClass' && left-- === 0 ? value : old,
    );
    return JSON.stringify(odd);
  });

export const bridgeTarget: FuzzTarget<string> = {
  name: 'bridge',
  inputs: fc.oneof(
    oddMessage,
    fc
      .tuple(fc.constantFrom(...known), fc.array(textEdit(known), { minLength: 1, maxLength: 4 }))
      .map(([text, edits]) => edits.reduce(edited, text)),
  ),
  worst: () => ({
    'deep lists': '['.repeat(2_000_000),
    'deep objects': '{"a":'.repeat(500_000),
    'a deep payload': `{"colibriClass":"EndpointMessage","to":"","from":"a","msgPayload":${'['.repeat(5_000)}${']'.repeat(5_000)}}`,
    'many members': `{"colibriClass":"EndpointMessage","to":""${Array.from({ length: 100_000 }, (_, at) => `,"k${at}":0`).join('')}}`,
    'one member, many times': `{"colibriClass":"EndpointMessage","to":""${',"from":"x"'.repeat(100_000)}}`,
    'many sources': JSON.stringify({
      colibriClass: 'ForwardedSources',
      forwardedSources: Array.from({ length: 100_000 }, (_, at) => `e${at}-v0`),
    }),
    'long number': `{"colibriClass":"ConnectionStats","estimatedDownlinkBandwidth":${'9'.repeat(1_000_000)}}`,
    escapes: `{"colibriClass":"EndpointMessage","to":"${'\\u0061'.repeat(300_000)}"}`,
    backslashes: `{"colibriClass":"${'\\'.repeat(1_000_001)}"}`,
    'long base64': `{"colibriClass":"EndpointMessage","to":"","from":"a","raw":"${'AAAA'.repeat(500_000)}"}`,
    'white space': `${' '.repeat(2_000_000)}{}`,
  }),
  open: () => new BridgeSubject(),
};

class BridgeSubject implements Subject<string> {
  readonly #raw = new RawReader();

  read(text: string): string {
    const bytes = Buffer.from(text);
    readAsBridge(bytes);
    return outcomeOf(
      () => {
        this.#raw.read(bytes);
        const message = parseBridgeMessage(text);
        textOf(message);
        readPing(message);
        if (decodeRaw(message)) this.#raw.learn(bytes, message as EndpointMessage);
        JSON.stringify(message);
      },
      (error) => error instanceof ParseError && error.source === 'bridge-message',
    );
  }
}

const from = encodeMember('from', 'abcd1234');

/** As `sandbox/bridge/message-handler.ts` goes about it. */
function readAsBridge(text: Buffer): void {
  try {
    const members = scanObject(text);
    const colibriClass = stringMember(text, members, 'colibriClass');
    stringMember(text, members, 'to');
    const relayed = withSender(text, members, ['colibriClass', 'to'], from);
    if (!relayed) throw new Error('nothing is relayed');
    if (colibriClass !== undefined)
      readClientMessage(colibriClass, JSON.parse(text.toString('utf8')) as object);
  } catch (error) {
    if (!(error instanceof JsonFault || error instanceof VoidMessage)) throw error;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
