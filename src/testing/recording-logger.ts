import type { LogFields, Logger } from '../platform/logging/logger';

/** Keeps the logged lines, for tests of what operators see. */
export class RecordingLogger implements Logger {
  readonly lines: { level: string; message: string; fields: LogFields }[] = [];
  readonly debug = this.writer('debug');
  readonly info = this.writer('info');
  readonly warn = this.writer('warn');
  readonly error = this.writer('error');

  child(): this {
    return this;
  }

  private writer(level: string) {
    return (message: string, fields: LogFields = {}): void =>
      void this.lines.push({ level, message, fields });
  }
}
