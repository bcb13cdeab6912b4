/** A stream that has not begun, and what carries it if that is no WebSocket. */
import { type RandomBytes, randomHex } from '../../base/random.ts';
import type { JitsiError } from '../../base/errors.ts';
import type { Deployment } from '../../jitsi/deployment.ts';
import type { LoginStrategy } from '../../xmpp/stream.ts';
import type { HttpRequest } from '../io.ts';
import { type ConferenceOptions, timing } from '../options.ts';
import { BoshCarrier } from './bosh-carrier.ts';
import { RequestingStream, type StreamSink } from './requesting-stream.ts';
import { boshUrlFor } from './transport-choice.ts';

export interface CarriedStream {
  login: LoginStrategy;
  stream: RequestingStream;
  /** Carries the stream instead of a WebSocket. */
  bosh: BoshCarrier | undefined;
}

export interface CarriedStreamSink extends StreamSink {
  http(request: HttpRequest): void;
  boshFailed(error: JitsiError): void;
}

export interface CarriedStreamOptions {
  conference: ConferenceOptions;
  deployment: Deployment;
  login: LoginStrategy;
  isBosh: boolean;
  token: string | undefined;
  random: RandomBytes;
}

export function carriedStream(options: CarriedStreamOptions, sink: CarriedStreamSink): CarriedStream {
  const { conference, deployment, login, isBosh, random } = options;
  const { credentials, streamManagement } = conference;
  const bosh = isBosh ? newBosh(options, sink, () => stream) : undefined;
  const stream = new RequestingStream(
    {
      domain: deployment.streamDomain,
      credentials,
      // A BOSH session repeats what is lost itself, and cannot be resumed by another.
      streamManagement: streamManagement && !isBosh,
      login,
      ping: deployment.ping,
      pingTo: deployment.domain,
      setupTimeout: login === 'pipelined' ? timing.pipelinedLogin : timing.login,
      idPrefix: randomHex(random, 12),
    },
    bosh ? { ...sink, frame: (element) => bosh.send(element) } : sink,
  );
  return { login, stream, bosh };
}

function newBosh(
  { conference: { address }, deployment, token, random }: CarriedStreamOptions,
  sink: CarriedStreamSink,
  stream: () => RequestingStream,
): BoshCarrier {
  const url = boshUrlFor(deployment, address, token ?? address.token);
  return new BoshCarrier(url, deployment.streamDomain, random, {
    http: (request) => sink.http(request),
    element: (element, now) => stream().receiveElement(element, now),
    unreadable: (error, now) => stream().unreadable(error, now),
    failed: (error, now) => {
      sink.boshFailed(error);
      stream().socketClosed(error.message, now);
    },
    closed: (reason, now) => stream().socketClosed(reason, now),
  });
}
