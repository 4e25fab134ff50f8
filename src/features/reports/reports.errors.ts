import { NotFoundError } from '../../shared/errors';

/** The class or group of a report has gone since the report was asked for. */
export class ReportSubjectNotFoundError extends NotFoundError {
  constructor() {
    super('report.subject_not_found', 'There is no such class or group to report on.');
  }
}
