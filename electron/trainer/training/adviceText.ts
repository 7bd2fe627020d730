import type { Advice } from '../../../shared/advice';

/** A suggestion in English, for the command line and the report: what to do, and what says so. */
export interface AdviceText {
  readonly text: string;
  readonly reason: string;
}

export function adviceText(advice: Advice): AdviceText {
  switch (advice.kind) {
    case 'earlierRun':
      return {
        text: `Use the training ${advice.run} again.`,
        reason: `Its mAP50 is ${advice.mAP50.toFixed(3)}, that of this one ${advice.than.toFixed(3)}: the change did not help.`,
      };
    case 'slower':
      return {
        text: `Train again at a lower rate, ${advice.settings.learningRate}.`,
        reason: `At ${advice.from} the loss ran away ${advice.rollBacks === 1 ? 'once' : `${advice.rollBacks} times`}.`,
      };
    case 'foundRate':
      return {
        text: `Train again at the rate that was found on these pictures, ${advice.settings.learningRate}.`,
        reason: `This training went at ${advice.from}, which is far from it.`,
      };
    case 'tiling':
      return {
        text: `Cut the pictures into ${advice.views} tiles and train again; finding parts then takes about ${advice.views} times as long.`,
        reason: `The smallest parts are ${advice.pixels.toFixed(1)} px for the detector, too few to learn from; in tiles they are ${advice.tiledPixels.toFixed(1)} px.`,
      };
    case 'smallParts':
      return {
        text: 'Take pictures from nearer, or of a smaller part of the scene, so that small parts are larger in them.',
        reason: `The smallest parts are ${advice.pixels.toFixed(1)} px at ${advice.inputWidth}×${advice.inputHeight}, too few to learn from.`,
      };
    case 'stillRising':
      return {
        text: longerText(advice),
        reason: `In the last ${advice.rounds} rounds its mAP50 still rose, by ${advice.gained.toFixed(3)}.`,
      };
    case 'faster':
      return {
        text: `Train again at twice the rate, ${advice.settings.learningRate}.`,
        reason: littleText(advice.fell),
      };
    case 'largerBatch':
      return {
        text: `Train again with ${advice.settings.batchSize} pictures at a time instead of ${advice.from}.`,
        reason:
          advice.divergence === undefined
            ? littleText(advice.fell)
            : `${littleText(advice.fell)} Twice the rate would come too near ${advice.divergence}, where the loss turned up.`,
      };
    case 'longer':
      return { text: longerText(advice), reason: littleText(advice.fell) };
    case 'morePictures':
      return {
        text: `Add pictures with "${advice.label}", until it is shown about ${advice.wanted} times.`,
        reason: `It is found worst (AP50 ${advice.found.toFixed(3)}) and was shown only ${advice.shown} times.`,
      };
    case 'gentler': {
      const { learningRate, batchSize } = advice.settings;
      const batchText = batchSize < advice.fromBatch ? ` and with ${batchSize} pictures at a time` : '';
      return {
        text: `Train again at half the rate, ${learningRate}${batchText}; more pictures would help even more.`,
        reason: `It got better on the training pictures and worse on others, for ${advice.rounds} rounds: it learned them by heart.`,
      };
    }
    case 'goOn':
      return {
        text: 'Let the training go on.',
        reason: `It was stopped after ${advice.done} of ${advice.planned} rounds: too early to say what would better it.`,
      };
    case 'falseAlarms':
      return {
        text: 'Look at its false alarms: give parts that were forgotten their boxes, and add pictures without any part.',
        reason: `${rightText(advice.precision)}; most of the others are where no part is marked.`,
      };
    case 'wrongNames':
      return {
        text: `Check the names of "${advice.label}" and "${advice.taken}" in the labels, and add pictures of both.`,
        reason: `${rightText(advice.precision)}; most of the others have a wrong name: it takes "${advice.label}" for "${advice.taken}".`,
      };
    case 'unclearNames':
      return {
        text: 'Check the labels: the same parts must always have the same name, and no part may lack its box. If they are right, add pictures that show how the parts differ.',
        reason: `It has learned where the parts are (regression loss down ${hundred(advice.placed)} %), but not which they are (classification loss down ${hundred(advice.named)} %): no rate changes that.`,
      };
    case 'badBoxes':
      return {
        text: 'Check that there is one box on each part, and that it is tight.',
        reason: `${rightText(advice.precision)}; most of the others lie badly on their part, or are one too many on it.`,
      };
    case 'missed':
      return {
        text: 'Add pictures like those in which it missed parts, with tight boxes.',
        reason: `It finds only ${hundred(advice.recall)} of 100, and its curves show nothing that a setting would mend.`,
      };
    default:
      return advice satisfies never;
  }
}

function longerText({ settings, from }: { settings: { epochs: number }; from: number }): string {
  return `Train longer: ${settings.epochs} rounds instead of ${from}.`;
}

function littleText(fell: number): string {
  return `The training loss fell by only ${hundred(fell)} %, and is about the same on pictures it has not seen: it has learned too little.`;
}

function rightText(precision: number): string {
  return `${hundred(precision)} of 100 of its reports are right`;
}

function hundred(share: number): number {
  return Math.round(100 * share);
}
