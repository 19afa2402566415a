/** rhea's reader of frames, which its typings leave out. */
declare module 'rhea/lib/frames.js' {
  interface Frame {
    readonly channel: number;
    readonly performative: Record<string, unknown>;
    readonly payload?: Buffer;
  }
  const frames: { read_frame(bytes: Buffer): Frame };
  export default frames;
}
