import type { StepPages } from '../../../src/core/explanation.js';

export const pages: StepPages = {
  step: { means: ['Lights a lamp in the account, so that everyone sees it.'] },
  findings: { 'lamp.lit': { means: ['No lamp is lit in the account.'], matters: 'People stumble in the dark.' } },
};
