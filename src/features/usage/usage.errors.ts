import { AppError, InvalidInputError, UnprocessableError } from '../../shared/errors';

const WHY_SHORT = {
  day: ' if you group by day (grouped by month, the period may be longer)',
  user: ' if you group or filter by person',
  none: '',
};

/** The days asked for are no span, or one that is too long. */
export class UsageSpanError extends InvalidInputError {
  /** @param because what makes the limit shorter than it may be; null for nothing */
  constructor(maxDays: number, because: 'day' | 'user' | null) {
    super('The period is not valid.', {
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
      `There are more than ${maxRows} rows. Choose a shorter period or fewer groups, or create an export.`,
      { maxRows },
    );
  }
}

/** More calls of single people than can be summed up within a request. */
export class TooManyCallsError extends UnprocessableError {
  constructor() {
    super(
      'usage.too_large',
      'There are too many AI calls to add them up by person. Choose a shorter period, or a single group, class or person.',
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
      'AI usage is still being added up. Try again in a minute.',
      { reason: 'usage.being_prepared', daysLeft },
      PREPARED_SOON_SECONDS,
    );
  }
}
