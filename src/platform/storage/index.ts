export { createStorage } from './create-storage';
export type { ByteRange, Storage, StorageEntry, StoredFile } from './storage';
export { StoredFileNotFoundError } from './storage.errors';
