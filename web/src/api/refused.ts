import { CommandRefused } from '../live/queue';
import { heard } from '../words/say';
import { ApiError } from './http';

/** A refusal over the socket reads like one over HTTP; everything else stays what it is. */
export function asApiError(error: unknown): unknown {
  return error instanceof CommandRefused ? new ApiError(error.code, heard(error.message, error.code), { details: error.details }) : error;
}
