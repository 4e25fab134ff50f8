import { NotFoundError } from '../../shared/errors';

/** There is no file under this key, or it was deleted. */
export class StoredFileNotFoundError extends NotFoundError {
  constructor() {
    super('storage.file_not_found', 'The file no longer exists.');
  }
}
