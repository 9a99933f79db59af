/**
 * JSON text that is embedded verbatim in a JSON line, so that numbers keep their digits and keys
 * their order. Must be one line of valid JSON.
 */
export class JsonText {
  constructor(readonly text: string) {}
}
