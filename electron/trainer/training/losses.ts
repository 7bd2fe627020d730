import type { Losses } from '../../../shared/contract';

export const noLosses: Losses = { total: 0, regression: 0, classification: 0 };

export const plus = (a: Losses, b: Losses): Losses => ({
  total: a.total + b.total,
  regression: a.regression + b.regression,
  classification: a.classification + b.classification,
});

export const times = (a: Losses, factor: number): Losses => ({
  total: a.total * factor,
  regression: a.regression * factor,
  classification: a.classification * factor,
});
