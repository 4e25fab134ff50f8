/** So much of an answer a dying process can take with it, in milliseconds of writing. */
const EVERY_MS = 500;

/** Stores what has arrived of an answer, now and then, while it arrives. */
export class PartialAnswerWriter {
  private timer: NodeJS.Timeout | null = null;
  private saving: Promise<void> = Promise.resolve();
  private closed = false;

  /** @param save stores what is there; must not reject. */
  constructor(private readonly save: () => Promise<void>) {}

  /** Something has arrived. */
  touch(): void {
    if (this.timer !== null || this.closed) return;
    this.timer = setTimeout(() => {
      this.saving = this.save().then(() => {
        this.timer = null;
      });
    }, EVERY_MS);
  }

  /** After this nothing is stored any more. */
  async close(): Promise<void> {
    this.closed = true;
    if (this.timer !== null) clearTimeout(this.timer);
    await this.saving;
  }
}
