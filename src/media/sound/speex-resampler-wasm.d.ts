/** As much of the library as we take: SpeexDSP's resampler in C, and the memory that it works in. */
declare module '@echogarden/speex-resampler-wasm' {
  export interface SpeexResampler {
    readonly HEAP16: Int16Array;
    readonly HEAP32: Int32Array;
    _malloc(bytes: number): number;
    _free(address: number): void;
    /** @returns the address of a state; 0 when `error`, an address of 32 bits, has why not */
    _speex_resampler_init(
      channels: number,
      inputRate: number,
      outputRate: number,
      quality: number,
      error: number,
    ): number;
    _speex_resampler_destroy(state: number): void;
    _speex_resampler_skip_zeros(state: number): number;
    _speex_resampler_get_input_latency(state: number): number;
    /** The lengths are addresses, of samples of a channel: what there is, and then what was taken or given. */
    _speex_resampler_process_interleaved_int(
      state: number,
      input: number,
      inputLength: number,
      output: number,
      outputLength: number,
    ): number;
  }
  const load: () => Promise<SpeexResampler>;
  export { load as default };
}
