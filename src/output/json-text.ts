/**
 * JSON that is already text, to be embedded in a JSON line as it is written: numbers keep their
 * digits, keys their order. It must be one line of sound JSON.
 */
export class JsonText {
  constructor(readonly text: string) {}
}
