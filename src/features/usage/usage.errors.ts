import { AppError, InvalidInputError, UnprocessableError } from '../../shared/errors';

const WHY_SHORT = {
  day: ' where it is summed by day; by month it may be more',
  user: ' if it is about single people',
  none: '',
};

/** The days asked for are no span, or one that is too long. */
export class UsageSpanError extends InvalidInputError {
  /** @param because what makes the limit shorter than it may be; null for nothing */
  constructor(maxDays: number, because: 'day' | 'user' | null) {
    super('The days asked for are no span of time.', {
      issues: [
        {
          path: 'query.to',
          reason: 'span',
          message: `must not be before from, nor more than ${maxDays} days after it${WHY_SHORT[because ?? 'none']}`,
        },
      ],
    });
  }
}

/** A table larger than one answer may be. */
export class UsageTooLargeError extends UnprocessableError {
  constructor(maxRows: number) {
    super(
      'usage.too_large',
      `There are more than ${maxRows} rows. Ask for fewer days or groups, or for an export.`,
      { maxRows },
    );
  }
}

/** More calls of single people than can be summed up within a request. */
export class TooManyCallsError extends UnprocessableError {
  constructor() {
    super(
      'usage.too_large',
      'There are too many calls to sum them up by person at once. Ask for fewer days, or for one group, class or person.',
    );
  }
}

/** Asked for so often that somebody looks again while the days are summed up: each takes about a second. */
const PREPARED_SOON_SECONDS = 60;

/** So many calls are not summed up yet that it cannot be done within a request. The worker does it, day by day. */
export class UsageBeingPreparedError extends AppError {
  constructor(daysLeft: number) {
    super(
      'unavailable',
      'The use of models is being summed up. Try again in a minute.',
      { reason: 'usage.being_prepared', daysLeft },
      PREPARED_SOON_SECONDS,
    );
  }
}
