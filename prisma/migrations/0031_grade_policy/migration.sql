-- Which of a student's returned attempts is their grade.
ALTER TABLE assignments ADD COLUMN grade_policy text NOT NULL DEFAULT 'latest'
  CONSTRAINT assignments_grade_policy_check CHECK (grade_policy IN ('latest', 'best', 'first', 'average'));

-- The grade that counts for one student at an assignment, of the attempts handed in up to a moment: the only place
-- where this is decided. No row if nothing was returned, or if the student is excused. With `average`, `attempt` is the
-- latest returned one, and `score` the mean of all that have a score.
CREATE FUNCTION counting_grade(assignment uuid, student uuid, until timestamptz DEFAULT 'infinity')
RETURNS TABLE (submission_id uuid, attempt integer, score numeric, returned integer, grade_policy text)
LANGUAGE sql STABLE AS $$
  SELECT r.id, r.attempt, CASE WHEN a.grade_policy = 'average' THEN r.mean ELSE r.released_score END, r.returned, a.grade_policy
  FROM assignments a CROSS JOIN LATERAL (
    SELECT s.id, s.attempt, s.released_score, round(avg(s.released_score) OVER (), 2) AS mean, (count(*) OVER ())::integer AS returned
    FROM submissions s
    WHERE s.assignment_id = $1 AND s.user_id = $2 AND s.state = 'returned' AND s.submitted_at <= $3
    ORDER BY
      CASE WHEN a.grade_policy = 'first' THEN s.attempt END,
      CASE WHEN a.grade_policy = 'best' THEN s.released_score END DESC NULLS LAST,
      s.attempt DESC
    LIMIT 1) r
  WHERE a.id = $1
    AND NOT EXISTS (SELECT FROM assignment_overrides o WHERE o.assignment_id = $1 AND o.user_id = $2 AND o.excused)
$$;
