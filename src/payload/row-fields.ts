/** What a row of a reconciliation can tell about an event. `count` is the events that a row stands for. */
export const fields = [
  'key',
  'panel',
  'msgid',
  'who',
  'channel',
  'event',
  'time',
  'link',
  'count',
] as const;
export type Field = (typeof fields)[number];

/** The fields that can identify an event. */
export const keyFields = fields.filter(
  (field): field is Exclude<Field, 'count'> => field !== 'count',
);
export type KeyField = (typeof keyFields)[number];

/**
 * The names by which columns are recognised, without their case, spaces and punctuation: `Email ID`
 * is `emailid`. Of several columns for one field, the first of this list is used. For `who`, the first
 * of them that has a value in the row is used, in the order of an event's key.
 */
export const columnNames: Readonly<Record<Field, readonly string[]>> = {
  key: ['eventkey', 'key'],
  panel: ['panel', 'panelname'],
  msgid: ['msgid', 'messageid', 'campaignid', 'assetid'],
  who: [
    'contact',
    'who',
    'foreignkey',
    'identity',
    'email',
    'emailid',
    'emailaddress',
    'mobile',
    'mobileno',
    'mobilenumber',
    'phone',
    'phonenumber',
    'msisdn',
    'userid',
  ],
  channel: ['channel', 'channelname'],
  event: ['activity', 'event', 'activityname', 'activitytype', 'eventname', 'eventtype'],
  time: [
    'ts',
    'timestamp',
    'eventtime',
    'eventtimestamp',
    'eventdate',
    'activitytime',
    'activitydate',
    'datetime',
    'time',
  ],
  link: ['link', 'url', 'linkurl', 'clickurl', 'clickedurl', 'clickedlink', 'detail'],
  count: ['count', 'total', 'events'],
};

/** The columns of exported events. `recogniseColumns` knows those that identify an event. */
export const eventColumns = [
  'key',
  'panel',
  'channel',
  'activity',
  'msgid',
  'who',
  'name',
  'time',
  'link',
  'webhook',
  'journey',
  'capture',
  'received',
  'remote',
  'status',
  'outcome',
] as const;
export type EventColumn = (typeof eventColumns)[number];

/** `--map who="Email ID"`: the column that holds a field. */
export interface FieldMapping {
  readonly field: Field;
  readonly column: string;
}

/** The columns of each field, by their index, in order of precedence. Fields without a column are missing. */
export type Recognised = ReadonlyMap<Field, readonly number[]>;

/** Recognises columns by the mappings, then by their names. */
export function recogniseColumns(
  columns: readonly string[],
  mappings: readonly FieldMapping[],
): Recognised {
  const plain = columns.map(plainName);
  const found = new Map<Field, readonly number[]>();
  for (const field of fields) {
    const mapped = mappings
      .filter((mapping) => mapping.field === field)
      .map(({ column }) => columnIndex(columns, column))
      .filter((index) => index >= 0);
    const named = columnNames[field].map((name) => plain.indexOf(name)).filter((at) => at >= 0);
    const chosen = mapped.length > 0 ? mapped : field === 'who' ? named : named.slice(0, 1);
    if (chosen.length > 0) found.set(field, chosen);
  }
  return found;
}

/** Returns -1 for an unknown column. An exact name wins over one that differs in case or punctuation. */
export function columnIndex(columns: readonly string[], name: string): number {
  const exact = columns.indexOf(name);
  return exact >= 0 ? exact : columns.map(plainName).indexOf(plainName(name));
}

/** Keeps letters and digits of any script. */
function plainName(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}
