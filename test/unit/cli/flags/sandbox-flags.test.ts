import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addSandboxFlags, parseListenAddress } from '../../../../src/cli/flags/sandbox-flags.ts';

describe('an address to listen on', () => {
  it.each([
    ['127.0.0.1:0', { host: '127.0.0.1', port: 0 }],
    ['localhost:8080', { host: 'localhost', port: 8080 }],
    ['[::1]:65535', { host: '::1', port: 65_535 }],
  ])('%s', (text, wanted) => {
    expect(parseListenAddress(text)).toEqual(wanted);
  });

  it.each([
    '',
    '8080',
    ':8080',
    'host',
    'host:',
    'host:65536',
    'host:x',
    '::1:80',
    '[host]:80',
    'http://h:1',
  ])('is refused: %j', (text) => {
    expect(() => parseListenAddress(text)).toThrow(expect.objectContaining({ code: 'listen-invalid' }));
  });
});

describe('robots', () => {
  const robots = (text: string): unknown => {
    const command = addSandboxFlags(new Command())
      .exitOverride()
      .configureOutput({ writeErr: () => {} });
    return command.parse(['--robots', text], { from: 'user' }).opts().robots;
  };

  it.each(['1', '3', '100'])('are %s', (text) => {
    expect(robots(text)).toBe(Number(text));
  });

  it.each(['0', '101', '-1', '1.5', 'many', ''])('are not %j', (text) => {
    expect(() => robots(text)).toThrow(expect.objectContaining({ code: 'commander.invalidArgument' }));
  });
});

describe('origins', () => {
  const origins = (...args: string[]): unknown => {
    const command = addSandboxFlags(new Command())
      .exitOverride()
      .configureOutput({ writeErr: () => {} });
    return command.parse(args, { from: 'user' }).opts().origin;
  };

  it('are none, or as many as there are flags', () => {
    expect(origins()).toBeUndefined();
    expect(origins('--origin', 'http://localhost:5173/', '--origin', '*')).toEqual([
      'http://localhost:5173',
      '*',
    ]);
  });

  it('are checked', () => {
    expect(() => origins('--origin', 'localhost')).toThrow(
      expect.objectContaining({ code: 'commander.invalidArgument' }),
    );
  });
});
