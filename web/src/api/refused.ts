import { CommandRefused } from '../live/queue';
import { ApiError } from './http';

/** A refusal over the socket reads like one over HTTP; everything else stays what it is. */
export function asApiError(error: unknown): unknown {
  return error instanceof CommandRefused ? new ApiError(error.code, error.message, { details: error.details }) : error;
}
