import { expect, it } from 'vitest';
import { readTarget } from '../../../../src/sandbox/web/request-target.ts';

it.each([
  ['/', '', ''],
  ['/config.js?room=x', '', 'config.js'],
  ['/acme/config.js', 'acme', 'config.js'],
  ['/acme/xmpp-websocket?room=x', 'acme', 'xmpp-websocket'],
  ['/colibri-ws/a/b/c?pwd=d', '', 'colibri-ws/a/b/c'],
  ['/a/b/config.js', '', 'a/b/config.js'],
  ['//', '', '/'],
  ['//host/config.js', '', '/host/config.js'],
  ['///', '', '//'],
  ['/http://[', '', 'http://['],
  ['/%', '', '%'],
  ['http://anywhere.test/acme/config.js', 'acme', 'config.js'],
])('%s', (target, tenant, path) => {
  expect(readTarget(target)).toMatchObject({ tenant, path });
});

it.each(['', '*', 'http://[', 'http://', 'config.js', 'ws://x/', 'a:80', 'http:/x'])('not %j', (target) => {
  expect(readTarget(target)).toBeUndefined();
});
