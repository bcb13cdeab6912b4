/** The flags of commands that use the bridge. */
import { type Command, Option } from 'commander';
import { UsageError } from '../../base/errors.ts';
import { addJoinFlags, checked, type JoinFlags } from './join-flags.ts';

export interface ChannelFlags extends JoinFlags {
  bridge: 'auto' | 'ws' | 'sctp';
  engine: 'auto' | 'werift' | 'node-datachannel';
  iceTransportPolicy: 'all' | 'relay';
}

export interface BridgeFlags extends ChannelFlags {
  /** Endpoint id or display name; undefined: everybody. */
  to?: string;
}

export interface RawFlags extends BridgeFlags {
  /** Megabits of payload a second. */
  rate?: number;
  rawForm: 'field' | 'payload';
}

export function addChannelFlags(command: Command): Command {
  const bridge = new Option(
    '--bridge <channel>',
    'channel to the bridge; auto: ws where there is one that opens',
  );
  const engine = new Option('--engine <name>', 'WebRTC engine; auto: the fastest one that is installed');
  const policy = new Option('--ice-transport-policy <policy>', 'relay: by a TURN server and no other way');
  return addJoinFlags(command)
    .optionsGroup('The bridge:')
    .addOption(bridge.choices(['auto', 'ws', 'sctp']).default('auto'))
    .addOption(engine.choices(['auto', 'werift', 'node-datachannel']).default('auto'))
    .addOption(policy.choices(['all', 'relay']).default('all'));
}

export function addBridgeFlags(command: Command): Command {
  return addChannelFlags(command).option(
    '--to <nick or id>',
    'send to this participant alone (default: to everybody)',
  );
}

export function addRawFlags(command: Command): Command {
  const form = new Option('--raw-form <form>', 'where in the message bytes are: some bridges drop field');
  return addBridgeFlags(command)
    .option('--rate <mbit>', 'send no faster than so many megabits of payload a second', rate)
    .addOption(form.choices(['field', 'payload']).default('field'));
}

function rate(text: string): number {
  return checked(() => {
    const value = Number(text);
    if (/^\d+(\.\d+)?$/.test(text) && value > 0) return value;
    throw new UsageError('a number of megabits a second is expected, as in 100 or 0.5', {
      code: 'rate-invalid',
    });
  });
}

/** A whole number of bytes, also written as `16k`. */
export function byteCount(text: string): number {
  return checked(() => {
    const [, digits, kibi] = /^([1-9]\d{0,8})(k?)$/i.exec(text) ?? [];
    if (digits !== undefined) return Number(digits) * (kibi === '' ? 1 : 1024);
    throw new UsageError('a number of bytes is expected, as in 8192 or 16k', { code: 'size-invalid' });
  });
}
