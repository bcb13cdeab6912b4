import { expect, it } from 'vitest';
import { shownArguments } from '../../../../src/cli/flags/shown-arguments.ts';

it.each([
  [['chat', 'https://h/room', '--nick', 'a token'], 'chat https://h/room --nick a token'],
  [['chat', '--token', 'a.b.c', '--json'], 'chat --token … --json'],
  [['chat', '--token=a.b.c', '--password=x y'], 'chat --token=… --password=…'],
  [['-chat', '-token', 'a.b.c', '-password', 'x'], '-chat -token … -password …'],
  [
    ['sandbox', '--password-room', 'room=x', '--password-room=b=y'],
    'sandbox --password-room … --password-room=…',
  ],
  [['info', 'https://h/room?lang=de&jwt=a"b#x'], 'info https://h/room?…'],
  [['info', 'https://user:x@h/room#jwt=a'], 'info https://…@h/room?…'],
  [['dc', '--proxy', 'http://user:x@p:3128'], 'dc --proxy http://…@p:3128'],
  [['--token'], '--token'],
])('of %j others may see %s', (args, shown) => {
  expect(shownArguments(args).join(' ')).toBe(shown);
});
