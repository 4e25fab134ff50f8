import type { Config } from '../../config/config';
import type { Storage } from './storage';
import { LocalStorage } from './storage.local';
import { S3Storage } from './storage.s3';

type StorageConfig = Pick<
  Config,
  | 'STORAGE_DIR'
  | 'S3_BUCKET'
  | 'S3_ENDPOINT'
  | 'S3_REGION'
  | 'S3_ACCESS_KEY_ID'
  | 'S3_SECRET_ACCESS_KEY'
  | 'S3_FORCE_PATH_STYLE'
>;

/** Creates the storage that the settings name: the bucket if there is one, otherwise the folder. */
export function createStorage(config: StorageConfig): Storage {
  const { S3_BUCKET: bucket, S3_ENDPOINT: endpoint } = config;
  const { S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = config;
  if (bucket === undefined) return new LocalStorage(config.STORAGE_DIR);
  return new S3Storage({
    bucket,
    region: config.S3_REGION,
    forcePathStyle: config.S3_FORCE_PATH_STYLE,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(accessKeyId === undefined || secretAccessKey === undefined
      ? {}
      : { credentials: { accessKeyId, secretAccessKey } }),
  });
}
