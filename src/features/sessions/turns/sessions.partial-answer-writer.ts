/** How much of an answer is lost with a dying process, in milliseconds of writing. */
const EVERY_MS = 500;

/** Stores the part of an answer that has arrived, at intervals while it arrives. */
export class PartialAnswerWriter {
  private timer: NodeJS.Timeout | null = null;
  private saving: Promise<void> = Promise.resolve();
  private closed = false;

  /** @param save stores the text so far; must not reject */
  constructor(private readonly save: () => Promise<void>) {}

  /** Call this when text has arrived. */
  touch(): void {
    if (this.timer !== null || this.closed) return;
    this.timer = setTimeout(() => {
      this.saving = this.save().then(() => {
        this.timer = null;
      });
    }, EVERY_MS);
  }

  /** Nothing is stored after this. */
  async close(): Promise<void> {
    this.closed = true;
    if (this.timer !== null) clearTimeout(this.timer);
    await this.saving;
  }
}
