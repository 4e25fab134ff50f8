import { InvalidInputError, UnprocessableError } from '../../shared/errors';

/** The days asked for are no span, or one that is too long. */
export class UsageSpanError extends InvalidInputError {
  constructor(maxDays: number) {
    super('The days asked for are no span of time.', {
      issues: [
        {
          path: 'query.to',
          reason: 'span',
          message: `must not be before from, nor more than ${maxDays} days after it`,
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
