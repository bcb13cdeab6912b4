/** Commands in the room's chat: who may give them, what they do, what is answered. */
import { type Clock, systemClock } from '../base/clock.ts';
import { UsageError } from '../base/errors.ts';
import {
  abortSignal,
  callback,
  checkArgument,
  checkOptions,
  duration,
  flag,
  type Kinds,
  objectWith,
  text,
} from '../client/check-arguments.ts';
import type { Conference } from '../client/conference.ts';
import type { ChatMessage } from '../conference/events.ts';
import type { Participant } from '../conference/room/roster.ts';
import { onAbort } from '../base/on-abort.ts';
import { CommandError } from './command-error.ts';
import { type CommandPattern, parsePattern } from './command-pattern.ts';
import { CoolDown } from './cool-down.ts';

/** Everybody, moderators of the room, or who the function says. Names are chosen by whoever has them, and prove nothing. */
export type Allowed = 'everybody' | 'moderator' | ((participant: Participant) => boolean);

export interface CommandOptions {
  /** Who may give it: to be said for each. */
  allow: Allowed;
  /** For the help. */
  description?: string;
  /** ms until the same participant may give it again. Default 1000. */
  coolDown?: number;
}

/** A command that somebody has given. */
export interface CommandCall {
  /** By the names in the pattern; what was optional and is not there is undefined. */
  args: Readonly<Record<string, string | undefined>>;
  participant: Participant;
  message: ChatMessage;
  /** Aborted when the commands are closed or the conference has ended. */
  signal: AbortSignal;
  /** Answers, privately what was said privately. */
  reply(text: string): Promise<void>;
}

/** What it returns is answered. A {@link CommandError} too, with its words; anything else that it throws is a `warning` of the conference. */
export type CommandHandler = (
  call: CommandCall,
  // biome-ignore lint/suspicious/noConfusingVoidType: a handler without a word is the common one
) => string | void | Promise<string | void>;

export interface CommandsOptions {
  /** What a line that is a command begins with. Default `!`. */
  prefix?: string;
  /** Whether a command that does not exist is answered. Default true. */
  answersUnknown?: boolean;
  /** Ends it. */
  signal?: AbortSignal;
  /** Default the machine's. */
  clock?: Clock;
}

/** As much of a conference as it takes. */
export type CommandRoom = Pick<Conference, 'chat' | 'on' | 'participants'>;

interface Command extends Required<Pick<CommandOptions, 'allow' | 'coolDown'>> {
  pattern: CommandPattern;
  description: string;
  run: CommandHandler;
}

/** Commands under way at a time; what comes then is told so. */
const mostRunning = 32;
const usualCoolDown = 1_000;

const optionKinds: Kinds<CommandsOptions> = {
  prefix: { words: 'a text that is not empty', fits: (value) => text.fits(value) && value !== '' },
  answersUnknown: flag,
  signal: abortSignal,
  clock: objectWith('a Clock', 'now', 'schedule'),
};
const commandKinds: Kinds<CommandOptions> = {
  allow: {
    words: '"everybody", "moderator" or a function that says whether somebody may',
    fits: (value) => value === 'everybody' || value === 'moderator' || callback.fits(value),
  },
  description: text,
  coolDown: duration,
};

export class Commands implements Disposable {
  readonly #room: CommandRoom;
  readonly #prefix: string;
  readonly #answersUnknown: boolean;
  readonly #clock: Clock;
  readonly #commands = new Map<string, Command>();
  readonly #coolDown = new CoolDown();
  readonly #closed = new AbortController();
  #running = 0;

  /** Use {@link commands}. */
  constructor(room: CommandRoom, options: CommandsOptions) {
    checkOptions('commands in the chat', optionKinds, options);
    this.#room = room;
    this.#prefix = options.prefix ?? '!';
    this.#answersUnknown = options.answersUnknown ?? true;
    this.#clock = options.clock ?? systemClock;
    const offs = [
      // What it rejects with becomes a `warning`.
      room.on('messageReceived', ({ message }) => this.#heard(message)),
      room.on('ended', () => this.close()),
      onAbort(options.signal, () => this.close()),
    ];
    onAbort(this.#closed.signal, () => offs.forEach((off) => off()));
    const helpOptions: CommandOptions = { allow: 'everybody', description: 'what there is' };
    this.command('help [command]', helpOptions, ({ args, participant }) =>
      this.#help(args.command, participant),
    );
  }

  /**
   * Adds a command; one of the same name is replaced (`help` too).
   * @param usage its name and what follows: `<needed>`, `[optional]`, and at the end `<text…>` for all that is left
   * @throws UsageError `command-pattern-invalid`, `option-invalid`, `option-unknown`, `argument-invalid`
   */
  command(usage: string, options: CommandOptions, run: CommandHandler): this {
    const tried = 'adding a command';
    checkArgument(tried, 'its usage', text, usage);
    checkOptions(`${tried} ${JSON.stringify(usage)}`, commandKinds, options);
    if (options.allow === undefined)
      throw new UsageError(
        `${tried} ${JSON.stringify(usage)}: say who may give it, as in { allow: 'everybody' }`,
        {
          code: 'option-invalid',
        },
      );
    checkArgument(tried, 'what it does', callback, run);
    const pattern = parsePattern(usage);
    const { allow, coolDown = usualCoolDown, description = '' } = options;
    this.#commands.set(pattern.name.toLowerCase(), { pattern, allow, coolDown, description, run });
    return this;
  }

  /** No command is taken any more. May be called twice. */
  close(): void {
    this.#closed.abort();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #heard(message: ChatMessage): Promise<void> {
    if (this.#closed.signal.aborted || message.isOwn || message.isHistory || message.from === undefined)
      return;
    if (!message.text.startsWith(this.#prefix)) return;
    const participant = this.#room.participants.get(message.from);
    // They have gone: nobody knows any more what they may do.
    if (!participant) return;
    const line = message.text.slice(this.#prefix.length);
    const space = line.indexOf(' ');
    const name = space < 0 ? line : line.slice(0, space);
    const command = this.#commands.get(name.toLowerCase());
    // "!!!" is no command.
    if (!command && (!this.#answersUnknown || !isName(name))) return;
    const reply = this.#replyTo(message);
    const may = this.#mayNow(participant, command);
    if (may !== 'yes') return may === 'ignore' ? undefined : reply(may);
    if (!command) return reply(`there is no ${this.#prefix}${name}; see ${this.#prefix}help`);
    await this.#run(command, participant, message, space < 0 ? '' : line.slice(space + 1));
  }

  /** `yes`, `ignore`, or what is answered instead. */
  #mayNow(participant: Participant, command: Command | undefined): string {
    const key = `${participant.id} ${command?.pattern.name ?? ''}`;
    const asked = this.#coolDown.ask(key, command?.coolDown ?? usualCoolDown, this.#clock.now());
    if (typeof asked === 'object') return `not so fast: again in ${Math.ceil(asked.tell / 1_000)} s`;
    if (asked === 'ignore' || !command) return asked;
    if (!mayUse(command, participant)) return `${this.#prefix}${command.pattern.name} is not for you`;
    return this.#running < mostRunning ? 'yes' : 'too much is under way; try again later';
  }

  async #run(command: Command, participant: Participant, message: ChatMessage, line: string): Promise<void> {
    const { name } = command.pattern;
    const reply = this.#replyTo(message);
    const { signal } = this.#closed;
    this.#running += 1;
    try {
      const args = command.pattern.match(line);
      const answer = await command.run({ args, participant, message, signal, reply });
      if (answer !== undefined && answer !== '') await reply(answer);
    } catch (error) {
      if (error instanceof CommandError) return await reply(error.message);
      // Its words are not for the room: they may have paths and addresses in them.
      await reply(`${this.#prefix}${name} has failed`).catch(() => {});
      throw error;
    } finally {
      this.#running -= 1;
    }
  }

  #replyTo({ from, isPrivate }: ChatMessage): (text: string) => Promise<void> {
    return (text) =>
      isPrivate && from !== undefined ? this.#room.chat.send(text, { to: from }) : this.#room.chat.send(text);
  }

  /** Of what this participant may use. */
  #help(about: string | undefined, participant: Participant): string {
    const mine = [...this.#commands.values()].filter((command) => mayUse(command, participant));
    const line = ({ description, pattern }: Command): string =>
      `${this.#prefix}${pattern.usage}${description === '' ? '' : ` – ${description}`}`;
    // It does not begin as a command does: another bot would take it for one.
    if (about === undefined) return ['commands:', ...mine.map(line)].join('\n');
    const bare = about.startsWith(this.#prefix) ? about.slice(this.#prefix.length) : about;
    const one = mine.find(({ pattern }) => pattern.name.toLowerCase() === bare.toLowerCase());
    if (!one) throw new CommandError(`there is no ${this.#prefix}${bare} for you`);
    return `command: ${line(one)}`;
  }
}

/**
 * Commands in the chat of a conference, private messages too: `commands(conference).command('play <url>', { allow: 'moderator' }, …)`. There is a
 * `help` from the beginning. What was said before we came is none, nor is what we say ourselves. Ends with the conference.
 * @throws UsageError `option-invalid`, `option-unknown`
 */
export function commands(conference: CommandRoom, options: CommandsOptions = {}): Commands {
  return new Commands(conference, options);
}

function mayUse({ allow }: Command, participant: Participant): boolean {
  if (allow === 'everybody') return true;
  return allow === 'moderator' ? participant.role === 'moderator' : allow(participant);
}

function isName(word: string): boolean {
  return /^\p{L}/u.test(word);
}
