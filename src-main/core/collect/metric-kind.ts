/** What a metric is about, told from its name; a name that says nothing certain stays without a kind. */

const patterns: readonly (readonly [RegExp, string])[] = [
  [/latency|response_?time|inference_?time|duration|throughput|_ms$|seconds$/, 'latency'],
  [/drift|psi$|population_stability|wasserstein|ks_stat/, 'drift'],
  [/fairness|parity|disparate|equal_?opportunity|equali[sz]ed_?odds|demographic|bias/, 'fairness'],
  [/calibration|(^|_)ece$|brier/, 'calibration'],
  [/robust|adversarial|perturb/, 'robustness'],
  [/toxicity|jailbreak|prompt_?injection|attack_?success|security/, 'security'],
  [/shap|feature_?importance|explain/, 'explainability'],
  [/cost|price|carbon|energy|kwh/, 'cost'],
  [
    /accuracy|(^|_)acc(_|$)|precision|recall|(^|_)f\d|auc|roc|(^|_)r2|rmse|(^|_)mse|(^|_)mae|mape|loss|error|wer$|cer$|bleu|rouge|perplexity|(^|_)map|iou|psnr|ssim|exact_?match|mcc$|matthews|kappa|specificity|sensitivity|score|top[-_]?\d|pearson|spearman|fid$|meteor|silhouette|variance/,
    'performance',
  ],
];

/** A value of the dictionary's `metric_kind`, or undefined. */
export function metricKindOf(name: string): string | undefined {
  const plain = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[\s./-]+/g, '_');
  return patterns.find(([pattern]) => pattern.test(plain))?.[1];
}
