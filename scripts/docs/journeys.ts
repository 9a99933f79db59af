import { journeyJsonSchema } from '../../src/journeys/journey-schema.js';
import { indentJson } from '../../src/payload/json-text.js';

/** journey.schema.json: for the editors of people who write journeys. */
export function writeJourneySchema(): string {
  return `${indentJson(JSON.stringify(journeyJsonSchema()))}\n`;
}
