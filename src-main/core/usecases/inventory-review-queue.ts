import { reviewQueuePage } from '../store/review-queue.ts';
import type { Handler } from './context.ts';

export const inventoryReviewQueue: Handler<'inventory.reviewQueue'> = (context, input) =>
  reviewQueuePage(context.workspace().reader, input);
