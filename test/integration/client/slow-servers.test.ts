/** Servers that are slow on purpose, at every step: a program that is told to end does, and has kept little. */
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { join } from '../../../src/index.ts';
import { createSandbox } from '../../../src/sandbox/index.ts';
import { jcli } from '../../support/jcli.ts';
import { Parrot, type Ways } from '../../support/parrot.ts';
import type { Program } from '../../support/process.ts';

/** ms from a signal to the end; it takes two seconds at most. */
const patience = 15_000;
/** MB that a program of 100 may have. */
const most = 400;

const socketOf = (client: WebSocket): NodeJS.WritableStream & { destroyed: boolean } =>
  (client as unknown as { _socket: NodeJS.WritableStream & { destroyed: boolean } })._socket;

/** A byte now and then. */
function drip(stream: NodeJS.WritableStream & { destroyed: boolean }): void {
  // The client closes it when it has had enough.
  stream.on('error', () => {});
  const timer = setInterval(() => {
    if (stream.destroyed) clearInterval(timer);
    else stream.write('x');
  }, 20);
}

/** As fast as they are read. */
function repeat(stream: NodeJS.WritableStream & { destroyed: boolean }, piece: readonly number[]): void {
  const bytes = Buffer.concat(Array.from({ length: 1_000 }, () => Buffer.from(piece)));
  // The client closes it when it has had enough.
  stream.on('error', () => {});
  const more = (): void => {
    if (stream.destroyed) return;
    if (stream.write(bytes)) setImmediate(more);
    else stream.once('drain', more);
  };
  more();
}

/** What is written behind the handshake, in place of what the sandbox says. */
const afterFirstFrame = (write: (client: WebSocket) => void): Ways => {
  const begun = new WeakSet<WebSocket>();
  return {
    frame: () => [],
    heard(_frame, words, client) {
      words();
      if (!begun.has(client)) write(client);
      begun.add(client);
      return undefined;
    },
  };
};

const slow: Readonly<Record<string, Ways>> = {
  'a page that drips': {
    http(_path, response, words) {
      words();
      response.writeHead(200);
      drip(response);
      return true;
    },
  },
  'a page that never comes': {
    http(_path, _response, words) {
      words();
      return true;
    },
  },
  'a WebSocket that never opens': {
    upgrade(_path, _socket, words) {
      words();
      return true;
    },
  },
  'a WebSocket whose handshake drips': {
    upgrade(_path, socket, words) {
      words();
      socket.write('HTTP/1.1 101 Switching Protocols\r\nx: ');
      drip(socket);
      return true;
    },
  },
  'a frame that drips': afterFirstFrame((client) => {
    socketOf(client).write(Buffer.from([0x81, 127, 0, 0, 0, 0, 0, 0xa0, 0, 0]));
    drip(socketOf(client));
  }),
  'a message of fragments without end': afterFirstFrame((client) => {
    socketOf(client).write(Buffer.from([0x01, 1, 120]));
    repeat(socketOf(client), [0x00, 1, 120]);
  }),
  'a message of empty fragments without end': afterFirstFrame((client) => {
    socketOf(client).write(Buffer.from([0x01, 0]));
    repeat(socketOf(client), [0x00, 0]);
  }),
  'pings without end': afterFirstFrame((client) => repeat(socketOf(client), [0x89, 4, 1, 2, 3, 4])),
  'a bridge’s WebSocket that never opens': {
    upgrade(path, _socket, words) {
      if (!path.startsWith('/colibri-ws')) return false;
      words();
      return true;
    },
  },
  'a bridge’s WebSocket that nobody reads or closes': {
    heard(frame, words, client) {
      if (!frame.startsWith('{')) return undefined;
      words();
      client.pause();
      return undefined;
    },
  },
};

function residentMegabytes({ process: { pid } }: Program): number {
  const [, kilobytes = ''] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1_024;
}

describe.runIf(process.platform === 'linux')('on a signal jcli leaves', () => {
  it.each(Object.keys(slow))('%s', async (name) => {
    await using sandbox = await createSandbox();
    await using _other = await join({ host: sandbox.url, room: 'room' });
    await using server = await Parrot.before(sandbox.url, slow[name]);
    const program = jcli(['media', `${server.url}/room`, '--json']);
    while (server.said === 0) await pause(20);
    await pause(1_000);
    const told = Date.now();
    // It may have given up by itself, or be about to.
    if (program.process.exitCode === null) {
      expect(residentMegabytes(program)).toBeLessThan(most);
      program.process.kill('SIGTERM');
    }
    const { code } = await program.waitForExit();
    expect([3, 130, null], program.stderr).toContain(code);
    expect(Date.now() - told).toBeLessThan(patience);
  });
});
