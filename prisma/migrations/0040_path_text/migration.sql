-- Prisma has no ltree type: `path` can be neither selected nor compared through models. Its text can.
ALTER TABLE groups ADD COLUMN path_text text NOT NULL GENERATED ALWAYS AS (path::text) STORED;
