import { describe, expect, test, vi } from 'vitest';
import type { Handlers, JobContext, Method } from '../../shared/contract';
import { guard } from './server';

const allowed = { projects: ['/home/me/nuts'], picked: ['/home/me/photos', '/media/a.jpg'] };

type Loose = Record<string, (input: unknown, context: JobContext<never>) => Promise<unknown>>;

function guarded(
  handlers: Partial<Record<Method, () => Promise<unknown>>>,
  onJob: (running: boolean) => void = vi.fn(),
) {
  const { handlers: wrapped, stopJob } = guard(handlers as unknown as Handlers, { allowed: () => allowed, onJob });
  const call = (method: Method, input: unknown, signal = new AbortController().signal): Promise<unknown> =>
    (wrapped as unknown as Loose)[method]?.(input, { emit: () => undefined, signal }) ??
    Promise.reject(new Error(method));
  return { call, stopJob };
}

describe('paths', () => {
  const { call } = guarded({
    'annotations.check': () => Promise.resolve('ran'),
    'images.import': () => Promise.resolve('ran'),
    'images.render': () => Promise.resolve('ran'),
    'evaluation.detect': () => Promise.resolve('ran'),
  });

  test.each([
    ['annotations.check', { project: '/home/me/nuts' }],
    ['annotations.check', { project: '/home/me/nuts/' }],
    ['images.import', { project: '/home/me/nuts', data: '/home/me/photos/today' }],
    ['evaluation.detect', { run: 'base', data: ['/media/a.jpg'] }],
    [
      'evaluation.detect',
      { project: '/home/me/nuts', run: 'runs/2026-01-01T10-00-00', data: ['/home/me/nuts/images'] },
    ],
    ['images.render', { project: '/home/me/nuts', file: 'images/a b.jpg' }],
  ] as const)('%s is let through with %o', async (method, input) => {
    expect(await call(method, input)).toBe('ran');
  });

  test.each([
    ['annotations.check', { project: '/home/me' }],
    ['annotations.check', { project: '/home/me/nuts/images' }],
    ['annotations.check', { project: '/home/me/nuts/../bolts' }],
    ['images.import', { project: '/home/me/nuts', data: '/home/me/photos/../secrets' }],
    ['images.import', { project: '/home/me/nuts', data: '/home/me/photos2' }],
    ['evaluation.detect', { run: 'base', data: ['/media/a.jpg', '/etc/passwd'] }],
    ['evaluation.detect', { run: 'runs/../../other', data: ['/media/a.jpg'] }],
    ['images.render', { project: '/home/me/nuts', file: 'images/../../a.jpg' }],
    ['images.render', { project: '/home/me/nuts', file: 'project.json' }],
  ] as const)('%s is refused with %o', async (method, input) => {
    await expect(call(method, input)).rejects.toMatchObject({ code: 'badInput' });
  });
});

describe('jobs', () => {
  const project = { project: '/home/me/nuts' };

  test('a plan that is asked for is no job, and gives way to one', async () => {
    const onJob = vi.fn();
    const order: string[] = [];
    const { handlers } = guard(
      {
        'training.plan': (_input: unknown, { signal }: JobContext<never>) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => {
              order.push('plan gives way');
              setTimeout(() => reject(new Error('stopped')), 20);
            });
          }).finally(() => order.push('plan has ended')),
        'training.run': () => Promise.resolve(order.push('training')),
      } as unknown as Handlers,
      { allowed: () => allowed, onJob },
    );
    const loose = handlers as unknown as Loose;
    const context = { emit: () => undefined, signal: new AbortController().signal };
    const plan = loose['training.plan']?.(project, context);
    expect(onJob).not.toHaveBeenCalled();
    const [planned] = await Promise.allSettled([plan, loose['training.run']?.(project, context)]);
    expect(planned.status).toBe('rejected');
    expect(order).toEqual(['plan gives way', 'plan has ended', 'training']);
    expect(onJob.mock.calls).toEqual([[true], [false]]);
  });

  test('a frame is looked at between jobs, not during one, and is none itself', async () => {
    let end: (value: unknown) => void = () => undefined;
    const onJob = vi.fn();
    const { call } = guarded(
      {
        'training.run': () => new Promise((resolve) => (end = resolve)),
        'evaluation.look': () => Promise.resolve('seen'),
      },
      onJob,
    );
    expect(await call('evaluation.look', { run: 'base' })).toBe('seen');
    expect(onJob).not.toHaveBeenCalled();
    const training = call('training.run', project);
    await expect(call('evaluation.look', { run: 'base' })).rejects.toMatchObject({ code: 'busy' });
    end('trained');
    await training;
    await expect(call('evaluation.look', { project: '/home/me', run: 'latest' })).rejects.toMatchObject({
      code: 'badInput',
    });
  });

  test('one at a time; quick questions are answered meanwhile', async () => {
    let end: (value: unknown) => void = () => undefined;
    const onJob = vi.fn();
    const { call } = guarded(
      {
        'training.run': () => new Promise((resolve) => (end = resolve)),
        'annotations.check': () => Promise.resolve('checked'),
        'engine.describe': () => Promise.resolve('engine'),
      },
      onJob,
    );
    const training = call('training.run', project);
    await expect(call('annotations.check', project)).rejects.toMatchObject({ code: 'busy' });
    expect(await call('engine.describe', {})).toBe('engine');
    end('trained');
    expect(await training).toBe('trained');
    expect(await call('annotations.check', project)).toBe('checked');
    expect(onJob.mock.calls.flat()).toEqual([true, false, true, false]);
  });

  test('one that failed leaves room for the next', async () => {
    const { call } = guarded({
      'training.run': () => Promise.reject(new Error('broken')),
      'annotations.check': () => Promise.resolve('checked'),
    });
    await expect(call('training.run', project)).rejects.toThrow('broken');
    expect(await call('annotations.check', project)).toBe('checked');
  });

  test('stop when main says so, and when their caller says so', async () => {
    const untilStopped = (_input: unknown, { signal }: JobContext<never>): Promise<unknown> =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))));
    const { call, stopJob } = guarded({ 'training.run': untilStopped as never });
    const first = call('training.run', project);
    stopJob();
    await expect(first).rejects.toThrow('stopped');
    const controller = new AbortController();
    const second = call('training.run', project, controller.signal);
    controller.abort();
    await expect(second).rejects.toThrow('stopped');
    stopJob();
  });
});
