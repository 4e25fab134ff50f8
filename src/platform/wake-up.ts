/** A wait that can be ended early. A call while nobody waits is remembered for the next wait. */
export class WakeUp {
  private called = false;
  private resolve: (() => void) | null = null;

  /** Ends the current wait, or the next one immediately. */
  call(): void {
    this.called = true;
    this.resolve?.();
  }

  /** Waits until somebody calls, at most `ms` milliseconds. */
  async wait(ms: number): Promise<void> {
    if (!this.called) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.resolve = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.resolve = null;
    this.called = false;
  }
}
