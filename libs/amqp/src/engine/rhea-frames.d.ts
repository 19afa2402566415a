declare module 'rhea/lib/frames.js' {
  const frames: import('./rhea-internals.js').RheaFrames;
  export default frames;
}
