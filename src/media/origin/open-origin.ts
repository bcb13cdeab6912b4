/** From what a user names to its bytes. */
import { fileURLToPath } from 'node:url';
import { messageOf, UsageError } from '../../base/errors.ts';
import {
  abortSignal,
  checkOptions,
  duration,
  flag,
  type Kinds,
  size,
  text,
} from '../../client/check-arguments.ts';
import type { ByteSource, MediaOrigin } from './byte-source.ts';
import { openFile } from './file-source.ts';
import { openHttp } from './http-source.ts';
import { MemorySource } from './memory-source.ts';
import { originError } from './origin-error.ts';
import { StreamSource } from './stream-source.ts';

export interface OriginOptions {
  /** An address of the web may lead to this machine or a private network. Default false: often a stranger has chosen it. */
  allowPrivate?: boolean;
  /** Only addresses of the web are taken, no paths: for what somebody in a room writes. Default false. */
  webOnly?: boolean;
  /** Bytes that an address of the web may have. Default 512 MiB. */
  sizeLimit?: number;
  /** ms until a web server's answer begins. Default 15 000. */
  timeout?: number;
  /** ms in which a web server sends nothing, while it is read. Default 30 000. */
  idleTimeout?: number;
  /** `none` (default), `environment` (`HTTPS_PROXY`, …) or a proxy's URL. Where names lead to is the proxy's to say then. */
  proxy?: string;
  /** Certificates of authorities in PEM, in place of those that Node trusts. */
  ca?: string;
  /** Ends the reading. */
  signal?: AbortSignal;
}

export const originKinds: Kinds<OriginOptions> = {
  allowPrivate: flag,
  webOnly: flag,
  sizeLimit: size,
  timeout: duration,
  idleTimeout: duration,
  proxy: text,
  ca: text,
  signal: abortSignal,
};

const defaults = { sizeLimit: 512 * 1024 * 1024, timeout: 15_000, idleTimeout: 30_000 };

/**
 * @throws UsageError `media-origin-invalid`, `media-unreadable`, `media-too-large`, `option-invalid`, `option-unknown`; ConnectionError
 *   `address-private`, and whatever is wrong with a server
 */
export async function openOrigin(origin: MediaOrigin, options: OriginOptions = {}): Promise<ByteSource> {
  checkOptions('opening media', originKinds, options);
  options.signal?.throwIfAborted();
  if (options.webOnly === true && !isWebAddress(origin))
    throw originError(
      'what is to be played',
      'media-origin-invalid',
      'only addresses of the web (http, https) are taken',
    );
  if (origin instanceof Uint8Array) return new MemorySource(origin);
  if (typeof origin === 'string') {
    if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(origin)) return await openFile(origin);
    if (URL.canParse(origin)) return await openUrl(new URL(origin), options);
    throw originError(JSON.stringify(origin), 'media-origin-invalid', 'it is no usable address');
  }
  if (origin instanceof URL) return await openUrl(origin, options);
  if (isStream(origin)) return new StreamSource(origin);
  throw new UsageError('opening media: a path, a URL, bytes (Uint8Array) or a stream of bytes is expected', {
    code: 'media-origin-invalid',
  });
}

/** Whether it can be opened again, from its beginning. */
export function isRepeatable(origin: MediaOrigin): boolean {
  return typeof origin === 'string' || origin instanceof URL || origin instanceof Uint8Array;
}

/** @throws UsageError `media-origin-invalid`: a file of another machine, or a name with a slash in it */
function pathOf(url: URL): string {
  try {
    return fileURLToPath(url);
  } catch (error) {
    throw originError(url.href, 'media-origin-invalid', messageOf(error), error);
  }
}

function openUrl(url: URL, options: OriginOptions): Promise<ByteSource> {
  switch (url.protocol) {
    case 'file:':
      return openFile(pathOf(url));
    case 'http:':
    case 'https:': {
      const { allowPrivate = false, ca, proxy, signal } = options;
      const {
        idleTimeout = defaults.idleTimeout,
        sizeLimit = defaults.sizeLimit,
        timeout = defaults.timeout,
      } = options;
      return openHttp({
        url: url.href,
        allowPrivate,
        sizeLimit,
        timeout,
        idleTimeout,
        signal,
        insecure: false,
        ...(ca === undefined ? {} : { ca }),
        ...(proxy === undefined ? {} : { proxy }),
      });
    }
    default:
      return Promise.reject(
        originError(url.protocol, 'media-origin-invalid', 'only http, https and file addresses can be read'),
      );
  }
}

function isWebAddress(origin: MediaOrigin): boolean {
  return (typeof origin === 'string' || origin instanceof URL) && /^https?:\/\//i.test(String(origin));
}

function isStream(value: unknown): value is AsyncIterable<Uint8Array> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
