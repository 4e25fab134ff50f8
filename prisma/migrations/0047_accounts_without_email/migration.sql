-- A person of a district may sign in with a username instead of an e-mail. Letters of any script are taken, so that lower
-- case is checked for ASCII alone: PostgreSQL and JavaScript do not agree about all others.
ALTER TABLE users ALTER COLUMN email DROP NOT NULL,
  ADD COLUMN username text CONSTRAINT users_username_check
    CHECK (username !~ '[A-Z@[:space:]]' AND char_length(username) BETWEEN 2 AND 64),
  ADD CONSTRAINT users_username_tenant_check CHECK (username IS NULL OR tenant_id IS NOT NULL),
  ADD CONSTRAINT users_sign_in_name_check
    CHECK (email IS NOT NULL OR username IS NOT NULL OR deleted_at IS NOT NULL);
CREATE UNIQUE INDEX users_username_key ON users (tenant_id, username) WHERE deleted_at IS NULL;

-- What people search by. `coalesce` keeps the one with a name alone in the index.
DROP INDEX users_search_idx;
CREATE INDEX users_search_idx ON users
  USING gin (search_fold(name || ' ' || coalesce(email, '') || ' ' || coalesce(username, '')) gin_trgm_ops)
  WHERE deleted_at IS NULL;

-- Pupils type the code of their district beside their username. It is said aloud and copied from a blackboard: two
-- syllables and two digits, without what is mistaken for something else. It is no secret.
CREATE FUNCTION new_district_code() RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  consonants CONSTANT text := 'BDGJLMNRTVWZ';
  vowels CONSTANT text := 'AEOU';
  digits CONSTANT text := '23456789';
  code text;
BEGIN
  LOOP
    SELECT string_agg(substr(letters, 1 + floor(random() * length(letters))::integer, 1), '' ORDER BY place)
      INTO code
      FROM unnest(ARRAY[consonants, vowels, consonants, vowels, digits, digits])
        WITH ORDINALITY AS part (letters, place);
    EXIT WHEN NOT EXISTS (SELECT FROM groups WHERE district_code = code);
  END LOOP;
  RETURN code;
END $$;

ALTER TABLE groups ADD COLUMN district_code text CONSTRAINT groups_district_code_check
  CHECK (district_code ~ '^[A-Z2-9]{6}$');
CREATE UNIQUE INDEX groups_district_code_key ON groups (district_code);
-- One by one, because each must see the codes before it; and no group has changed for those who read it.
ALTER TABLE groups DISABLE TRIGGER USER;
DO $$
DECLARE
  root record;
BEGIN
  FOR root IN SELECT id FROM groups WHERE parent_id IS NULL LOOP
    UPDATE groups SET district_code = new_district_code() WHERE id = root.id;
  END LOOP;
END $$;
ALTER TABLE groups ENABLE TRIGGER USER;
ALTER TABLE groups ADD CONSTRAINT groups_district_code_root_check
  CHECK ((parent_id IS NULL) = (district_code IS NOT NULL));

CREATE FUNCTION give_district_code() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.district_code := new_district_code();
  RETURN NEW;
END $$;
CREATE TRIGGER groups_district_code BEFORE INSERT ON groups FOR EACH ROW
  WHEN (NEW.parent_id IS NULL AND NEW.district_code IS NULL) EXECUTE FUNCTION give_district_code();
