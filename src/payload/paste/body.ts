import { readForm } from './form.js';
import { type ReadText, readJson } from './json-value.js';
import { readMultipart } from './multipart.js';
import type { Reading } from './reading.js';
import { type Source, trimmed } from './source.js';

/** Reads a text that is known to be a body: a form, JSON, multipart, or anything else. */
export function readBody(source: Source, readText: ReadText): Reading {
  const body = trimmed(source);
  return (
    readJson(body, readText) ??
    readMultipart(body, readText) ??
    readForm(body, readText, true) ??
    readText(body)
  );
}
