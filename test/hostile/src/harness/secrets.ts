/** Texts that must never turn up in what the hub writes. */
export class Secrets {
  private readonly texts = new Set<string>();

  /** Texts that are too short to be secrets are let be. */
  keep(text: string): void {
    if (text.length >= 16) {
      this.texts.add(text).add(encodeURIComponent(text));
    }
  }

  /** Keeps the signature of a token. */
  keepSignature(token: string): void {
    const signature = /sig=([\w%]+)/.exec(token)?.[1] ?? '';
    try {
      this.keep(decodeURIComponent(signature));
    } catch {
      this.keep(signature);
    }
  }

  /** How many of them are in a text. */
  leakedIn(output: string): number {
    return [...this.texts].filter((text) => output.includes(text)).length;
  }
}
