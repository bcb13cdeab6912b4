/**
 * The part of W3C WebRTC that is used of a caller's own peer connection (https://www.w3.org/TR/webrtc/). Browsers, werift,
 * node-datachannel's polyfill and @roamhq/wrtc have it.
 */

export interface W3cSessionDescription {
  type: string;
  sdp?: string | undefined;
}

export interface W3cIceCandidate {
  candidate: string;
  sdpMid?: string | null;
  sdpMLineIndex?: number | null;
}

export interface W3cDataChannel {
  readonly label: string;
  readonly protocol: string;
  readonly readyState: string;
  readonly bufferedAmount: number;
  bufferedAmountLowThreshold: number;
  binaryType?: string;
  send(data: string): void;
  close(): void;
  addEventListener(type: string, listener: (event: unknown) => void): void;
}

export interface W3cTransceiver {
  /** Null before an offer has an m-line for it. */
  readonly mid: string | null | undefined;
  readonly direction: string;
  readonly sender: { readonly track?: { readonly kind: string } | null | undefined };
}

export interface W3cPeerConnection {
  readonly localDescription: W3cSessionDescription | null | undefined;
  readonly connectionState: string;
  createDataChannel(label: string, options: { protocol: string }): W3cDataChannel;
  setRemoteDescription(description: { type: 'offer'; sdp: string }): Promise<unknown>;
  createAnswer(): Promise<W3cSessionDescription>;
  setLocalDescription(description: { type: 'answer'; sdp: string }): Promise<unknown>;
  addIceCandidate(candidate: W3cIceCandidate): Promise<unknown>;
  addEventListener(type: string, listener: (event: unknown) => void): void;
  removeEventListener(type: string, listener: (event: unknown) => void): void;
  /** Without it there is no room for more than one track of ours of a kind. */
  getTransceivers?(): readonly W3cTransceiver[];
  /** Without it nobody notices that some tracks of Plan B were not taken. */
  getReceivers?(): readonly unknown[];
}
