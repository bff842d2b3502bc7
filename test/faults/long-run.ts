/** `npm run test:faults -- --long`: the sets that are too large for every change (decisions.md 22). */
export const longRun = process.env['ASSAY_FAULTS_LONG'] === '1';
