import type { Clock } from '../../../src/shared/clock';

/** A clock that is set by hand, so that services write last week's events with last week's dates. */
export class DemoClock implements Clock {
  constructor(private moment: Date) {}

  now(): Date {
    return this.moment;
  }

  set(moment: Date): void {
    this.moment = moment;
  }
}
