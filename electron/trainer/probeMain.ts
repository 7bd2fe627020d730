import { runProbeChild } from './batchSize/probeChild';
import { measureSteps } from './jobs/probeStep';

void runProbeChild(measureSteps);
