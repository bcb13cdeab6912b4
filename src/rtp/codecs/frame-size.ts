/** Pixels. */
export interface FrameSize {
  width: number;
  height: number;
}
