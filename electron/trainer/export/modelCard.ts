import type { Size } from '../../../shared/boxes';
import type { DetectorPlan, EvaluationResult, SetName } from '../../../shared/contract';
import type { NetworkCost } from './operations';

export interface ModelCardInput {
  readonly project: string;
  readonly run: string;
  readonly labels: readonly string[];
  readonly input: Size;
  readonly cost: NetworkCost;
  readonly plan: DetectorPlan;
  /** Pictures and boxes of each set. */
  readonly data: Readonly<Record<SetName, { readonly pictures: number; readonly boxes: number }>>;
  /** Boxes of each class, in the order of `labels`. */
  readonly boxesPerClass: readonly number[];
  /** Null where the run has not been evaluated. */
  readonly evaluation: EvaluationResult | null;
  /** Choices of the training, in words: rate, batch, schedule, seed, rounds. */
  readonly choices: readonly { readonly name: string; readonly value: string }[];
}

/** MODEL-CARD.md: what the detector is for, what it learned from, how good it is, and under which licences it stands. */
export function modelCard(card: ModelCardInput): string {
  const { project, run, labels, input, cost, plan, data, boxesPerClass, choices } = card;
  const sets = (['train', 'validation', 'test'] as const).map(
    (set) => `| ${setNames[set]} | ${data[set].pictures} | ${data[set].boxes} |`,
  );
  return `# ${project}

A detector that finds ${labels.join(', ')} in pictures. Made with Lineside from ${run}.

## What it learned from

| pictures | number | boxes |
| --- | ---: | ---: |
${sets.join('\n')}

| class | boxes |
| --- | ---: |
${labels.map((label, index) => `| ${cell(label)} | ${boxesPerClass[index] ?? 0} |`).join('\n')}

The pictures are the operator's own and are not in this package. The detector knows the parts, light and camera that were in
them; with others it has to be tried first.

## How good it is

${figures(card)}

## How it was made

- network: SSDLite on MobileNetV2, ${input.width} × ${input.height} pixels, ${(cost.parameters / 1e6).toFixed(1)} million weights, ${(cost.multiplyAdds / 1e9).toFixed(2)} billion multiplications a picture
${choices.map(({ name, value }) => `- ${name}: ${value}`).join('\n')}
${plan.reasons.map((reason) => `- ${reason}`).join('\n')}

## Licences

- The weights were trained from the TensorFlow authors' SSDLite-MobileNetV2 for COCO, under the Apache License 2.0
  (\`LICENCES/Apache-2.0.txt\`), and changed by this training.
- The programs in this package are part of Lineside, under the same licence. They may be used and changed.
- What was learned from the operator's pictures belongs to the operator.
`;
}

const setNames: Readonly<Record<SetName, string>> = {
  train: 'learned from',
  validation: 'watched while learning',
  test: 'kept for the end',
};

function figures({ evaluation, labels }: ModelCardInput): string {
  if (evaluation === null) return 'It has not been evaluated yet.';
  const share = (value: number | null | undefined): string => value?.toFixed(3) ?? '–';
  const rows = labels.map((label) => {
    const { AP50, precision, recall, groundTruths } = evaluation.perClass[label] ?? {};
    return `| ${cell(label)} | ${share(AP50)} | ${share(precision)} | ${share(recall)} | ${groundTruths ?? 0} |`;
  });
  return `On ${evaluation.images} pictures that it had not seen (the ${evaluation.split} set): ${evaluation.text}.
mAP50 ${evaluation.mAP50.toFixed(4)}, mAP50-95 ${evaluation.mAP5095.toFixed(4)}, at a threshold of ${evaluation.threshold.toFixed(2)}:

| class | AP50 | precision | recall | boxes |
| --- | ---: | ---: | ---: | ---: |
${rows.join('\n')}
${evaluation.warnings.map((warning) => `\nNote: ${warning}`).join('\n')}`;
}

/** A name that cannot break its table. */
function cell(label: string): string {
  return label.replaceAll('|', '\\|');
}
