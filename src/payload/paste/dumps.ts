import { unzipSync } from 'node:zlib';
import { effortFor } from './effort.js';
import { assembled, type Layer, type Piece, peeled, type Source, spendPasses } from './source.js';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** No call is larger than 10 MB. A compressed paste that expands further is not a payload. */
const maxUnzippedBytes = 16 * 1024 * 1024;

/** The content of gzip or zlib data, or other bytes as they are; undefined when it is damaged or too large. */
export function inflated(bytes: Uint8Array): Uint8Array | undefined {
  return isZipped(bytes) ? unzipped(bytes) : bytes;
}

function isZipped(bytes: Uint8Array): boolean {
  const [first, second = 0] = bytes;
  if (first === 0x1f && second === 0x8b) return true;
  return first === 0x78 && ((0x78 << 8) | second) % 31 === 0;
}

function unzipped(bytes: Uint8Array): Uint8Array | undefined {
  try {
    return unzipSync(bytes, { maxOutputLength: maxUnzippedBytes });
  } catch {
    return undefined;
  }
}

/** A text out of bytes that a paste holds in another form; reading it may take its own steps. */
export function fromBytes(source: Source, text: string, layer: Layer): Source {
  source.effort.limit += effortFor(text).limit - effortFor('').limit;
  return peeled(source, text, layer, () => 0);
}

/**
 * Reads a dump of bytes as hexdump, xxd, tcpdump, Wireshark and curl print it. Undefined when the
 * text holds none.
 */
export function peelDump(source: Source): Source | undefined {
  spendPasses(source, 6);
  return peelTrace(source) ?? peelHexDump(source);
}

/** A row of a dump: its offset, and the bytes in hexadecimal. */
const row =
  /^[ \t]*(?:0x)?([\da-f]{4,16})(?::[ \t]{1,4}|[ \t]{2,4})([\da-f]{2}(?:[ \t]{0,2}[\da-f]{2})*)(?![\da-f])/i;

interface Row {
  readonly offset: number;
  readonly digits: string;
}

function peelHexDump(source: Source): Source | undefined {
  // The rows of a dump are short, so a long first line belongs to another text.
  const rows: Row[] = [];
  for (const line of source.text.split(/\r?\n/)) {
    const found = row.exec(line.length > 400 ? line.slice(0, 400) : line);
    if (found) {
      rows.push({ offset: Number.parseInt(found[1] ?? '', 16), digits: found[2] ?? '' });
    } else if (rows.length === 0 && source.text.length > 1000 && line.length > 1000) {
      return undefined;
    }
  }
  if (rows.length < 2) return undefined;
  const packets = packetsOf(rows);
  if (packets === undefined) return undefined;
  const bytes = concatenated(packets.map(withoutHeaders));
  if (bytes.length === 0) return undefined;
  const plain = inflated(bytes);
  if (plain === undefined) return undefined;
  return fromBytes(source, decoder.decode(plain), { name: 'hex', detail: 'a dump of bytes' });
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The bytes of each run of rows whose offsets follow one another from 0; undefined when none does. */
function packetsOf(rows: readonly Row[]): Uint8Array[] | undefined {
  const packets: number[][] = [];
  let width = 16;
  for (const [index, { offset, digits }] of rows.entries()) {
    if (offset === 0) {
      packets.push([]);
      const next = rows[index + 1];
      if (next && next.offset > 0 && next.offset <= 64) width = next.offset;
    }
    const packet = packets.at(-1);
    if (packet === undefined || packet.length > offset) return undefined;
    const last = packet.slice(-width);
    // hexdump writes one asterisk for rows that repeat the last.
    while (last.length === width && packet.length < offset) packet.push(...last);
    if (packet.length !== offset) return undefined;
    const plain = digits.replace(/[ \t]/g, '').slice(0, width * 2);
    for (let at = 0; at + 1 < plain.length; at += 2) {
      packet.push(Number.parseInt(plain.slice(at, at + 2), 16));
    }
  }
  return packets.map((packet) => Uint8Array.from(packet));
}

/** The data of a TCP segment in an IPv4 packet, in an Ethernet frame or not; else all bytes. */
function withoutHeaders(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (const ip of [0, 4, 14, 16]) {
    if (bytes.length < ip + 40 || view.getUint8(ip) >> 4 !== 4 || view.getUint8(ip + 9) !== 6) {
      continue;
    }
    const headerBytes = (view.getUint8(ip) & 0xf) * 4;
    const end = ip + view.getUint16(ip + 2);
    if (headerBytes < 20 || end > bytes.length || ip + headerBytes + 20 > end) continue;
    const start = ip + headerBytes + (view.getUint8(ip + headerBytes + 12) >> 4) * 4;
    if (start <= end) return bytes.subarray(start, end);
  }
  return bytes;
}

/** What curl sent, from its `--trace-ascii` or `--trace`. */
function peelTrace(source: Source): Source | undefined {
  const { text } = source;
  if (!/^(?:[\d:.]+ )?=> Send (?:header|data), \d/m.test(text)) return undefined;
  const pieces: Piece[] = [];
  let isSent = false;
  let from = 0;
  let end: number | undefined;
  for (const line of text.split('\n')) {
    const section = /^(?:[\d:.]+ )?(?:(=> Send (?:header|data))|<=|=>|==)/.exec(line);
    const found = /^([\da-f]{4,16}): ?/i.exec(line);
    if (section) {
      isSent = section[1] !== undefined;
      end = undefined;
    } else if (isSent && found) {
      const offset = Number.parseInt(found[1] ?? '', 16);
      const shown = line.slice(found[0].length).replace(/\r$/, '');
      // Line ends of what was sent are counted and not shown.
      if (end !== undefined && offset > end) pieces.push({ text: '\r\n', from });
      else if (offset === 0 && pieces.length > 0 && pieces.at(-1)?.text === '') {
        pieces.push({ text: '\r\n', from });
      }
      const bytes = traceBytes(shown);
      pieces.push({ text: bytes ?? shown, from: from + found[0].length });
      end = offset + (bytes ?? shown).length;
    }
    from += line.length + 1;
  }
  if (pieces.length === 0) return undefined;
  return assembled(source, pieces, { name: 'hex', detail: 'what curl --trace shows' });
}

/** The bytes of a row of `--trace`, one character each. */
function traceBytes(shown: string): string | undefined {
  const digits = /^(?:[\da-f]{2} ){1,16}(?= )/i.exec(shown)?.[0];
  if (digits === undefined) return undefined;
  const codes = digits
    .trim()
    .split(' ')
    .map((each) => Number.parseInt(each, 16));
  return String.fromCharCode(...codes);
}

/** A list of bytes as programs print it: `[123, 34, …]`, `[123 34 …]`. */
const byteList = /\[\s{0,9}\d{1,3}(?:[,\s]\s{0,9}\d{1,3}){15,}\s{0,9}\]/y;

/** Reads a list of bytes that begins at an offset; undefined when none does. */
export function readByteList(
  text: string,
  at: number,
): { readonly text: string; readonly end: number } | undefined {
  byteList.lastIndex = at;
  const found = byteList.exec(text)?.[0];
  if (found === undefined) return undefined;
  const plain = textOfBytes(
    found
      .slice(1, -1)
      .trim()
      .split(/[,\s]+/)
      .map(Number),
  );
  return plain === undefined ? undefined : { text: plain, end: at + found.length };
}

/** The text that numbers are the bytes of; undefined when they are not. */
export function textOfBytes(values: readonly unknown[]): string | undefined {
  const isByte = (value: unknown) =>
    typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 255;
  if (values.length < 16 || !values.every(isByte)) return undefined;
  const plain = inflated(Uint8Array.from(values as number[]));
  return plain && decoder.decode(plain);
}
