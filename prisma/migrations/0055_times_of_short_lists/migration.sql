-- Models page through these lists by the times, and Prisma reads times to the millisecond.
ALTER TABLE api_tokens
  ALTER COLUMN created_at TYPE timestamptz(3),
  ALTER COLUMN expires_at TYPE timestamptz(3);
ALTER TABLE ai_models ALTER COLUMN created_at TYPE timestamptz(3);
