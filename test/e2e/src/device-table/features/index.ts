import { admissionFeatures } from './admission.js';
import { batchFeature } from './batch.js';
import { feedbackFeature } from './feedback.js';
import { messageFeatures } from './messages.js';
import { methodFeature } from './methods.js';
import { modelFeature } from './model.js';
import { moduleFeature } from './module.js';
import { renewalFeature } from './renewal.js';
import { telemetryFeatures } from './telemetry.js';
import { twinFeature } from './twin.js';

export const FEATURES = [
  // Feedback comes late: it is waited for while the others go on.
  feedbackFeature,
  renewalFeature,
  ...admissionFeatures,
  ...telemetryFeatures,
  batchFeature,
  ...messageFeatures,
  twinFeature,
  methodFeature,
  moduleFeature,
  modelFeature,
] as const;

export type FeatureName = (typeof FEATURES)[number]['name'];
