import type { EvaluationResult } from '../../../shared/contract';
import type { DatasetItem, DatasetItems } from '../dataset/items';
import type { ModelCardInput } from '../export/modelCard';
import { openProject } from '../projectStore';
import { readConfig, type RunConfig } from './runConfig';
import type { TrainedDetector } from './runs';

type Card = Omit<ModelCardInput, 'labels' | 'input' | 'cost'>;

/** What a model card says of a trained detector: its data, its figures, the choices of its training. */
export async function cardOf(
  project: string,
  { run, model }: TrainedDetector,
  items: DatasetItems,
  evaluation: EvaluationResult | null,
): Promise<Card> {
  const { name } = await openProject(project);
  const config = await readConfig(project, run);
  const count = (set: readonly DatasetItem[]) => ({
    pictures: set.length,
    boxes: set.reduce((sum, { boxes }) => sum + boxes.length, 0),
  });
  const all = [...items.train, ...items.validation, ...items.test];
  const boxesPerClass = model.classes.map(
    (_, index) => all.flatMap(({ labels }) => labels).filter((label) => label === index).length,
  );
  return {
    project: name,
    run,
    plan: model.plan,
    data: { train: count(items.train), validation: count(items.validation), test: count(items.test) },
    boxesPerClass,
    evaluation,
    choices: [
      { name: 'taken from', value: `round ${model.epoch}, the best on the pictures watched while learning` },
      ...(config === undefined ? [] : choicesOf(config)),
    ],
  };
}

function choicesOf({ learningRate, batchSize, epochs, schedule, seed }: RunConfig): Card['choices'] {
  return [
    { name: 'learning rate', value: `${learningRate} at its highest, ${schedule.kind} schedule` },
    { name: 'pictures at a time', value: String(batchSize) },
    { name: 'rounds planned', value: String(epochs) },
    { name: 'seed', value: String(seed) },
  ];
}
