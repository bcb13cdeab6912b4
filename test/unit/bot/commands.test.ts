import { describe, expect, it } from 'vitest';
import { CommandError } from '../../../src/bot/command-error.ts';
import { commands, type Commands, type CommandsOptions } from '../../../src/bot/commands.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { FakeRoom } from './fake-room.ts';

function setUp(options: CommandsOptions = {}): { room: FakeRoom; bot: Commands; clock: ManualClock } {
  const room = new FakeRoom();
  const clock = new ManualClock();
  const bot = commands(room, { clock, ...options });
  room.comes('ada');
  room.comes('mo', { role: 'moderator' });
  return { room, bot, clock };
}

describe('commands', () => {
  it('are run with their arguments, and what they return is answered', async () => {
    const { room, bot } = setUp();
    bot.command('add <a> <b> [unit]', { allow: 'everybody' }, ({ args }) => {
      return `${Number(args.a) + Number(args.b)}${args.unit ?? ''}`;
    });
    expect(await room.says('ada', '!add 1 2')).toEqual(['3']);
    expect(await room.says('mo', '!ADD 1  "2"   km')).toEqual(['3km']);
  });

  it('take the rest of the line, as it is', async () => {
    const { room, bot } = setUp();
    bot.command(
      'say <to> <text…>',
      { allow: 'everybody', coolDown: 0 },
      ({ args }) => `${args.to}: ${args.text}`,
    );
    expect(await room.says('ada', '!say "Mo L" it\'s "fine"  so')).toEqual(['Mo L: it\'s "fine"  so']);
    expect(await room.says('ada', '!say "Mo L')).toEqual(['"Mo: L']);
  });

  it('say how they are used', async () => {
    const { room, bot } = setUp();
    bot.command('play <url>', { allow: 'everybody', coolDown: 0 }, () => 'never');
    expect(await room.says('ada', '!play')).toEqual(['url is missing: play <url>']);
    expect(await room.says('ada', '!play a b')).toEqual(['that is too much: play <url>']);
  });

  it('are for those who may', async () => {
    const { room, bot } = setUp();
    bot.command('stop', { allow: 'moderator' }, () => 'stopped');
    bot.command('mine', { allow: ({ id }) => id === 'ada' }, () => 'yours');
    expect(await room.says('ada', '!stop')).toEqual(['!stop is not for you']);
    expect(await room.says('mo', '!stop')).toEqual(['stopped']);
    expect(await room.says('mo', '!mine')).toEqual(['!mine is not for you']);
    expect(await room.says('ada', '!mine')).toEqual(['yours']);
  });

  it('show in the help of those who may', async () => {
    const { room, bot } = setUp();
    bot.command('stop', { allow: 'moderator', description: 'ends it' }, () => 'stopped');
    expect(await room.says('ada', '!help')).toEqual(['commands:\n!help [command] – what there is']);
    expect(await room.says('mo', '!help')).toEqual([
      'commands:\n!help [command] – what there is\n!stop – ends it',
    ]);
    expect(await room.says('mo', '!help stop', { isPrivate: true })).toEqual([
      '(mo) not so fast: again in 1 s',
    ]);
  });

  it('answer privately what is said privately', async () => {
    const { room, bot } = setUp();
    bot.command('hi', { allow: 'everybody' }, async ({ reply }) => {
      await reply('one');
      return 'two';
    });
    expect(await room.says('ada', '!hi', { isPrivate: true })).toEqual(['(ada) one', '(ada) two']);
  });

  it('cool down for each participant, said once', async () => {
    const { room, bot, clock } = setUp();
    bot.command('hi', { allow: 'everybody', coolDown: 5_000 }, () => 'hi');
    expect(await room.says('ada', '!hi')).toEqual(['hi']);
    clock.advance(1_500);
    expect(await room.says('ada', '!hi')).toEqual(['not so fast: again in 4 s']);
    expect(await room.says('ada', '!hi')).toEqual([]);
    expect(await room.says('mo', '!hi')).toEqual(['hi']);
    clock.advance(3_500);
    expect(await room.says('ada', '!hi')).toEqual(['hi']);
  });

  it('that fail are answered without what only the program should know', async () => {
    const { room, bot } = setUp();
    const error = new Error('/etc/secret');
    bot.command('bad', { allow: 'everybody' }, () => Promise.reject(error));
    bot.command('no', { allow: 'everybody' }, () => {
      throw new CommandError('no such song');
    });
    expect(await room.says('ada', '!bad')).toEqual(['!bad has failed']);
    expect(room.failures).toEqual([error]);
    expect(await room.says('ada', '!no')).toEqual(['no such song']);
    expect(room.failures).toHaveLength(1);
  });

  it('that do not exist are answered, unless nobody wants that', async () => {
    const { room } = setUp();
    expect(await room.says('ada', '!nothing')).toEqual(['there is no !nothing; see !help']);
    expect(await room.says('ada', '!!!')).toEqual([]);
    expect(await room.says('ada', 'help')).toEqual([]);
    const other = setUp({ answersUnknown: false, prefix: '/bot ' });
    expect(await other.room.says('ada', '/bot nothing')).toEqual([]);
    expect(await other.room.says('ada', '/bot help')).toEqual([
      'commands:\n/bot help [command] – what there is',
    ]);
  });

  it('are not what is old, our own, or of somebody who has gone', async () => {
    const { room } = setUp();
    expect(await room.says('ada', '!help', { isHistory: true })).toEqual([]);
    expect(await room.says('ada', '!help', { isOwn: true })).toEqual([]);
    expect(await room.says('gone', '!help')).toEqual([]);
  });

  it('are bounded in number', async () => {
    const { room, bot } = setUp();
    bot.command('wait', { allow: 'everybody', coolDown: 0 }, () => new Promise<void>(() => {}));
    for (let count = 0; count < 32; count += 1) expect(await room.says('ada', '!wait')).toEqual([]);
    expect(await room.says('mo', '!wait')).toEqual(['too much is under way; try again later']);
  });

  it('end with the conference, with a signal, and when they are told to', async () => {
    const ended = setUp();
    let signal: AbortSignal | undefined;
    ended.bot.command('wait', { allow: 'everybody' }, (call) => {
      signal = call.signal;
    });
    await ended.room.says('ada', '!wait');
    ended.room.ends();
    expect(signal?.aborted).toBe(true);
    expect(ended.room.listeners).toBe(0);
    const aborted = new AbortController();
    const { room } = setUp({ signal: aborted.signal });
    aborted.abort();
    expect(room.listeners).toBe(0);
    expect(setUp({ signal: AbortSignal.abort() }).room.listeners).toBe(0);
    const closed = setUp();
    closed.bot[Symbol.dispose]();
    closed.bot.close();
    expect(await closed.room.says('ada', '!help')).toEqual([]);
  });

  it.each(['', '<a>', 'play url', 'play [a] <b>', 'play <a…> <b>', 'play <a> <a>', 'play <>'])(
    'cannot be %j',
    (usage) => {
      const { bot } = setUp();
      expect(() => bot.command(usage, { allow: 'everybody' }, () => {})).toThrow(
        expect.objectContaining({ code: 'command-pattern-invalid' }),
      );
    },
  );

  it('always say who may', () => {
    const { bot } = setUp();
    expect(() => bot.command('a', {} as never, () => {})).toThrow(/say who may give it/);
    expect(() => bot.command('a', { allow: 'friends' } as never, () => {})).toThrow(/allow is to be/);
  });
});
