import { describe, expect, it } from 'vitest';
import { lineLogger, type LogLevel, silentLogger } from '../../../src/base/logger.ts';

const levels: LogLevel[] = ['error', 'warn', 'info', 'debug', 'trace'];

function lines(threshold: LogLevel): { logger: ReturnType<typeof lineLogger>; written: string[] } {
  const written: string[] = [];
  return { logger: lineLogger((line) => written.push(line), threshold), written };
}

describe('lineLogger', () => {
  it.each(levels)('writes what is at least as important as %s', (threshold) => {
    const { logger, written } = lines(threshold);
    for (const level of levels) logger.log(level, 'message');
    expect(written).toEqual(
      levels.slice(0, levels.indexOf(threshold) + 1).map((level) => `${level} message`),
    );
  });

  it('writes fields as key=value, quoted where they need it', () => {
    const { logger, written } = lines('info');
    logger.log('info', 'joined', {
      room: 'r@m',
      name: 'Ada B',
      empty: '',
      n: 2,
      list: [1],
      error: new Error('a b'),
    });
    expect(written).toEqual(['info joined room=r@m name="Ada B" empty="" n=2 list=[1] error="a b"']);
  });

  it('writes one line, whatever is in a value', () => {
    const { logger, written } = lines('info');
    logger.log('info', 'joined', { name: 'a\nerror faked' });
    expect(written).toEqual(['info joined name="a\\nerror faked"']);
  });

  it('gives its children its fields', () => {
    const { logger, written } = lines('info');
    logger.child({ id: 1 }).child({ step: 'a' }).log('info', 'x', { step: 'b' });
    expect(written).toEqual(['info x id=1 step=b']);
  });
});

describe('silentLogger', () => {
  it('has silent children', () => {
    silentLogger.child({ a: 1 }).log('error', 'nobody hears this');
    expect(silentLogger.child({})).toBe(silentLogger);
  });
});
