import { describe, expect, test } from 'vitest';
import type { ProjectState, StageStatus } from '../../shared/mainContract';
import { stages, type Stage } from '../../shared/stages';
import type { Job } from './job';
import { following, nextStage, stageStates } from './stageStates';

const idle: Job = { kind: 'idle' };

function project(done: readonly Stage[], more: Partial<ProjectState> = {}): ProjectState {
  const statuses = stages.map((stage): [Stage, StageStatus] => [stage, done.includes(stage) ? 'done' : 'empty']);
  return {
    dir: '/p',
    name: 'p',
    classes: ['nut'],
    baseLabels: {},
    pictures: 80,
    reviewed: 80,
    boxes: 300,
    boxesPerClass: { nut: 300 },
    stages: Object.fromEntries(statuses) as ProjectState['stages'],
    interrupted: null,
    shortOfMemory: false,
    usable: done.includes('training'),
    ranAway: false,
    ...more,
  };
}

describe('stageStates', () => {
  test('an empty project leaves only Images open', () => {
    const states = stageStates(project([], { pictures: 0, boxes: 0 }), idle);
    expect(states.images).toBe('ready');
    expect(stages.slice(1).map((stage) => states[stage])).toEqual(Array<string>(7).fill('locked'));
    expect(nextStage(states)).toBe('images');
  });

  test('labels open the check, the check opens rate, batch and training', () => {
    const labelled = stageStates(project(['images', 'annotations']), idle);
    expect([labelled.dataset, labelled.lrFinder, labelled.training]).toEqual(['ready', 'locked', 'locked']);
    const checked = stageStates(project(['images', 'annotations', 'dataset']), idle);
    expect([checked.lrFinder, checked.batchSize, checked.training]).toEqual(['ready', 'ready', 'ready']);
    expect([checked.evaluation, checked.export]).toEqual(['locked', 'locked']);
  });

  test('what was made from other labels is out of date, and is what comes next', () => {
    const before = project([...stages]);
    const states = stageStates({ ...before, stages: { ...before.stages, training: 'outOfDate' } }, idle);
    expect(states.training).toBe('outOfDate');
    expect(nextStage(states)).toBe('training');
  });

  test('the running stage runs, the failed one says so until it has a result', () => {
    const running: Job = { kind: 'running', stage: 'lrFinder', startedAt: 0, progress: null, stopping: false };
    expect(stageStates(project(['images', 'annotations', 'dataset']), running).lrFinder).toBe('running');
    const failed: Job = { kind: 'failed', stage: 'lrFinder', error: { code: 'engine', message: 'gone' } };
    expect(stageStates(project(['images', 'annotations', 'dataset']), failed).lrFinder).toBe('failed');
    expect(stageStates(project([...stages]), failed).lrFinder).toBe('done');
  });

  test('no tick for a training that ran away, nor for one that broke off or is paused, whatever was trained before', () => {
    const failed: Job = { kind: 'failed', stage: 'training', error: { code: 'engine', message: 'gone' } };
    expect(stageStates(project([...stages], { ranAway: true }), idle).training).toBe('failed');
    expect(stageStates(project([...stages], { interrupted: 'runs/2' }), failed).training).toBe('failed');
    const paused = stageStates(project([...stages], { interrupted: 'runs/2' }), idle);
    expect(paused.training).toBe('ready');
    expect(nextStage(paused)).toBe('training');
    expect(stageStates(project([...stages]), idle).training).toBe('done');
  });

  test('a training that was broken off can be tested as it is, once it has left a detector', () => {
    const paused = project(['images', 'annotations', 'dataset'], { interrupted: 'runs/1' });
    expect(stageStates(paused, idle).evaluation).toBe('locked');
    expect(stageStates({ ...paused, usable: true }, idle).evaluation).toBe('ready');
  });
});

test('following goes through the stages and ends', () => {
  expect(following('images')).toBe('annotations');
  expect(following('export')).toBeNull();
});
