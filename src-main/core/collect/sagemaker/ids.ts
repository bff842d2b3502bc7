/** Ids of SageMaker objects: names are unique in an account and region; ARNs say which. */

export const arnName = (arn: string): string => arn.split(':').slice(5).join(':').split('/').slice(1).join('/') || arn;

export const groupId = (name: string): string => `sagemaker:${name}`;
export const modelId = (name: string): string => `sagemaker:model/${name}`;
/** `fraud-scorer/2` of an ARN becomes `sagemaker:fraud-scorer:2`. */
export const packageId = (arn: string): string => `sagemaker:${arnName(arn).replace(/\/(\d+)$/, ':$1')}`;
export const regionOf = (arn: string): string | undefined => arn.split(':')[3] || undefined;
