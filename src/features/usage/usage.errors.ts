import { AppError, InvalidInputError, UnprocessableError } from '../../shared/errors';

const WHY_SHORT = {
  day: ' if you group by day (grouped by month, the period may be longer)',
  user: ' if you group or filter by person',
  none: '',
};

/** The requested days are no span, or one that is too long. */
export class UsageSpanError extends InvalidInputError {
  /** @param because what shortens the limit; null for nothing */
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

/** A table that is too large for one answer. */
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

/**
 * Seconds after which a client asks again while the days are aggregated, each of which takes about a
 * second.
 */
const PREPARED_SOON_SECONDS = 60;

/**
 * Too many calls are not aggregated yet to sum them up within a request. The worker aggregates them day by
 * day.
 */
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
