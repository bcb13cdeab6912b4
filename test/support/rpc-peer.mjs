/**
 * A participant in a process of its own, for tests: joins the room at the URL given, registers `echo`, `sum`, `refuse` and `much`, and leaves when a line
 * comes. Says `joined` with its endpoint id, `called` for each call, then `left`.
 */
import { once } from 'node:events';
import { join, RpcRefusal } from '../../dist/index.js';

const [, , url, options] = process.argv;
const say = (object) => process.stdout.write(`${JSON.stringify(object)}\n`);
const conference = await join(url, JSON.parse(options));
const { rpc } = conference;
const register = (method, handler) =>
  rpc.register(method, (payload, context) => {
    say({ type: 'called', method, from: context.from, name: context.participant?.displayName });
    return handler(payload);
  });
register('echo', (payload) => payload);
register('sum', (numbers) => numbers.reduce((sum, number) => sum + number, 0));
register('refuse', () => {
  throw new RpcRefusal('not for you');
});
register('much', (length) => 'x'.repeat(length));
say({ type: 'joined', endpointId: conference.endpointId });
await once(process.stdin, 'data');
await conference.leave();
say({ type: 'left', reason: (await conference.closed).reason });
process.stdin.destroy();
