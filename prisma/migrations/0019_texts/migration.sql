-- How texts are compared when people search: without accents, case, points of Hebrew and Arabic, or zero-width
-- characters, so that what is written in NFC and NFD, or without the accents that a keyboard lacks, meets.
CREATE FUNCTION search_fold(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN regexp_replace(
  replace(replace(replace(replace(
    translate(lower(normalize(value, NFKD)), U&'\0131\00F8\0142\0111\00F0\0127\0167', 'iolddht'),
    U&'\00DF', 'ss'), U&'\00E6', 'ae'), U&'\0153', 'oe'), U&'\00FE', 'th'),
  '[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200f\u2060\u20d0-\u20ff\ufe20-\ufe2f\ufeff\u00ad]',
  '', 'g');

-- The LIKE pattern that finds what contains this text; `%` and `_` in it mean themselves.
CREATE FUNCTION search_pattern(searched text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN '%' || regexp_replace(search_fold(searched), '([\\%_])', '\\\1', 'g') || '%';

-- Names written before they were normalized at the border: NFC, one space between words, nothing hidden. One that
-- would be left empty stays as it is.
CREATE FUNCTION pg_temp.clean_line(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT
RETURN btrim(regexp_replace(
  regexp_replace(normalize(value, NFC), '[\u0001-\u0008\u000e-\u001f\u007f-\u009f\u00ad\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff]', '', 'g'),
  '[\u0009-\u000d\u0020\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+', ' ', 'g'));

UPDATE users SET name = pg_temp.clean_line(name)
  WHERE name <> pg_temp.clean_line(name) AND pg_temp.clean_line(name) <> '';
UPDATE groups SET name = pg_temp.clean_line(name)
  WHERE name <> pg_temp.clean_line(name) AND pg_temp.clean_line(name) <> '';
UPDATE classes SET name = pg_temp.clean_line(name)
  WHERE name <> pg_temp.clean_line(name) AND pg_temp.clean_line(name) <> '';
UPDATE classes SET subject = pg_temp.clean_line(subject)
  WHERE subject <> pg_temp.clean_line(subject) AND pg_temp.clean_line(subject) <> '';
UPDATE assignments SET title = pg_temp.clean_line(title)
  WHERE title <> pg_temp.clean_line(title) AND pg_temp.clean_line(title) <> '';
UPDATE api_tokens SET name = pg_temp.clean_line(name)
  WHERE name <> pg_temp.clean_line(name) AND pg_temp.clean_line(name) <> '';

-- What a tool is called stands in its version as well, which is never changed: there it stays as it was written.
UPDATE tools SET name = pg_temp.clean_line(name)
  WHERE name <> pg_temp.clean_line(name) AND pg_temp.clean_line(name) <> '';
UPDATE tools SET subject = pg_temp.clean_line(subject)
  WHERE subject <> pg_temp.clean_line(subject) AND pg_temp.clean_line(subject) <> '';
