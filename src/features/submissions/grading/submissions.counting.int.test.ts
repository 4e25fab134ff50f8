import { hours, type Name, submissionsScene } from '../../../testing/submissions-scene';

describe('the grade that counts', () => {
  const scene = submissionsScene();
  const { begin, handIn, grade, ids, clients } = scene;

  const assignmentWith = async (values: object) => {
    const assignment = await scene.assign();
    const changed = await clients.teacher.patch(`/assignments/${assignment.id}`).send(values);
    expect([changed.status, changed.body.error]).toEqual([200, undefined]);
    return assignment;
  };
  const handedIn = async (assignment: { id: string }, name: Name = 'student'): Promise<string> => {
    const id = (await begin(assignment, name)).body.data.id as string;
    await clients[name].patch(`/submissions/${id}`).send({ answer: 'My answer' });
    await handIn(id, name);
    return id;
  };
  const mine = async (assignment: { id: string }) =>
    (await clients.student.get(`/assignments/${assignment.id}`)).body.data.mine;
  const counting = async (assignment: { id: string }, name: Name = 'teacher'): Promise<string[]> => {
    const { body } = await clients[name].get(`/assignments/${assignment.id}/submissions?sort=startedAt`);
    return body.data.flatMap((each: { id: string; counts: boolean }) => (each.counts ? [each.id] : []));
  };

  it('is the latest returned attempt unless the teacher chooses otherwise', async () => {
    const assignment = await scene.assign();
    expect((await clients.teacher.get(`/assignments/${assignment.id}`)).body.data.gradePolicy).toBe('latest');
    expect((await mine(assignment)).grade).toBeNull();
    const first = await handedIn(assignment);
    await grade(first, { score: 70 });
    expect((await mine(assignment)).grade).toBeNull();
    await grade(first, { return: true });
    expect((await mine(assignment)).grade).toEqual({ submissionId: first, score: 70 });

    // Neither another attempt nor its draft grade replaces the returned grade.
    scene.setTime(hours(1));
    const second = await handedIn(assignment);
    await grade(second, { score: 20 });
    expect(await mine(assignment)).toMatchObject({
      latestSubmissionId: second,
      grade: { submissionId: first, score: 70 },
    });
    expect(await counting(assignment, 'student')).toEqual([first]);
    const listed = (await clients.student.get(`/classes/${scene.schoolClass.id}/assignments?limit=100`)).body
      .data;
    expect(listed.find((each: { id: string }) => each.id === assignment.id).mine.grade.score).toBe(70);

    await grade(second, { return: true });
    expect((await mine(assignment)).grade).toEqual({ submissionId: second, score: 20 });
    expect(await counting(assignment)).toEqual([second]);
  });

  it.each([
    ['latest', [2], 20],
    ['first', [0], 50],
    ['best', [1], 80],
    ['average', [0, 1, 2], 50],
  ] as const)('is that of the returned attempts with the policy %s', async (gradePolicy, which, score) => {
    const assignment = await assignmentWith({ gradePolicy });
    const attempts: string[] = [];
    for (const [i, points] of [50, 80, 20].entries()) {
      scene.setTime(hours(i));
      const id = await handedIn(assignment);
      await grade(id, { score: points, return: true });
      attempts.push(id);
    }
    // Graded but not returned: it counts in no policy.
    await grade(await handedIn(assignment), { score: 100 });
    expect((await mine(assignment)).grade.score).toBe(score);
    expect(await counting(assignment)).toEqual(which.map((i) => attempts[i]));
    expect((await clients.teacher.get(`/assignments/${assignment.id}`)).body.data.mine).toBeNull();
  });

  it('rounds an average to two decimals and ignores attempts without a score', async () => {
    const assignment = await assignmentWith({ gradePolicy: 'average' });
    for (const body of [{ score: 10 }, { score: 10 }, { score: 11 }, {}])
      await grade(await handedIn(assignment), { ...body, return: true });
    expect((await mine(assignment)).grade.score).toBe(10.33);
  });

  it('changes immediately if the policy changes', async () => {
    const assignment = await scene.assign();
    for (const score of [80, 40]) await grade(await handedIn(assignment), { score, return: true });
    expect((await mine(assignment)).grade.score).toBe(40);
    await clients.teacher.patch(`/assignments/${assignment.id}`).send({ gradePolicy: 'best' });
    expect((await mine(assignment)).grade.score).toBe(80);
    const refused = await clients.teacher.patch(`/assignments/${assignment.id}`).send({ gradePolicy: 'sum' });
    expect(refused.status).toBe(400);
  });

  it('does not exist for a student who is excused', async () => {
    const assignment = await scene.assign();
    await grade(await handedIn(assignment), { score: 80, return: true });
    await clients.teacher
      .put(`/assignments/${assignment.id}/overrides/${ids.student}`)
      .send({ excused: true });
    expect((await mine(assignment)).grade).toBeNull();
    expect(await counting(assignment)).toEqual([]);
  });
});
