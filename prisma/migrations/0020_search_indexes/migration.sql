-- The folded form of what people search by, in trigrams. The lists of groups and classes are searched as well.
DROP INDEX users_search_idx;
CREATE INDEX users_search_idx ON users USING gin (search_fold(name || ' ' || email) gin_trgm_ops)
  WHERE deleted_at IS NULL;
DROP INDEX tools_search_idx;
CREATE INDEX tools_search_idx ON tools USING gin (search_fold(name || ' ' || coalesce(description, '')) gin_trgm_ops)
  WHERE deleted_at IS NULL;
CREATE INDEX groups_search_idx ON groups USING gin (search_fold(name) gin_trgm_ops);
CREATE INDEX classes_search_idx ON classes USING gin (search_fold(name) gin_trgm_ops);
