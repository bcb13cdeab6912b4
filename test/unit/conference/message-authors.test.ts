import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { MessageAuthors } from '../../../src/conference/room/message-authors.ts';
import { parseXml } from '../../../src/xml/parse.ts';

it('the authors of messages are remembered, and not the messages', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const authors = new MessageAuthors();
  const size = 256 * 1024;
  const [body, count] = ['x'.repeat(size), 100];
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let index = 0; index < count; index++) {
    const { attrs } = parseXml(
      `<message id="an id that is long ${index}" from="room@conference.x/somebody ${index}">${body}</message>`,
    );
    authors.note(attrs.id ?? '', attrs.from ?? '');
  }
  collect();
  expect(authors.of('an id that is long 7')).toBe('room@conference.x/somebody 7');
  expect(process.memoryUsage().heapUsed - before).toBeLessThan((count * size) / 2);
});

it('an id of any length costs no more than others', () => {
  const authors = new MessageAuthors();
  authors.note('x'.repeat(100_000), 'room@conference.x/somebody');
  expect(authors.of('x'.repeat(100_000))).toBeUndefined();
});
