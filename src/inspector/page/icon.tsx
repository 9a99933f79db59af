const paths = {
  // Channels.
  envelope: 'M2 4h12v8.5H2zM2.3 4.4 8 9l5.7-4.6',
  bubble: 'M2.5 3h11v7.5H8L5 13.5v-3H2.5z',
  phone: 'M5 1.5h6a1 1 0 0 1 1 1v11a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1v-11a1 1 0 0 1 1-1zM7 12.5h2',
  window: 'M2 3h12v10H2zM2 6h12M4.2 4.5h.01M6.2 4.5h.01',
  receiver:
    'M2.5 13.5l.9-2.8A5.7 5.7 0 1 1 5.5 12.7zM6 6c0 2.2 1.8 4 4 4l.6-1.3-1.4-.7-.7.6a3 3 0 0 1-1.1-1.1l.6-.7L7.3 5.4z',
  card: 'M2.5 2.5h11v11h-11zM2.5 8.5h11M5 11h3M5.5 6.5l2-2 3 2',
  bolt: 'M9 1.5 3.5 9H8l-1 5.5L12.5 7H8z',
  question: 'M5.7 6a2.3 2.3 0 1 1 3.4 2c-.7.4-1.1.8-1.1 1.6M8 12.3h.01',
  // Actions.
  search: 'M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zM10.3 10.3l3.2 3.2',
  close: 'M4 4l8 8M12 4l-8 8',
  send: 'M14 2 7.2 8.8M14 2 9.7 14l-2.5-5.2L2 6.3z',
  decode: 'M5.5 4 2 8l3.5 4M10.5 4 14 8l-3.5 4',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  play: 'M5 3l8 5-8 5z',
  up: 'M8 13V3M4 7l4-4 4 4',
  down: 'M8 3v10M4 9l4 4 4-4',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  check: 'M3 8.5l3.3 3.3L13 4.7',
  cross: 'M4.5 4.5l7 7M11.5 4.5l-7 7',
  replay: 'M3 8a5 5 0 1 0 1.6-3.7L3 5.8M3 2.5v3.3h3.3',
  clock: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zM8 4.8V8l2.2 1.5',
  skip: 'M3.5 8h9M9.5 5l3 3-3 3',
  sun: 'M8 5.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6zM8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M3.4 12.6l.7-.7M11.9 4.1l.7-.7',
  moon: 'M13.5 9.6A5.8 5.8 0 0 1 6.4 2.5a5.8 5.8 0 1 0 7.1 7.1z',
  contrast: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zM8 2v12M10.5 3v10M13 5.5v5',
  alert: 'M8 2.3 14.5 13.5h-13zM8 6.5v3.2M8 11.7h.01',
  download: 'M8 2.5v7.5M4.5 7 8 10.5 11.5 7M3 13.5h10',
  chevron: 'M6 4l4 4-4 4',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  external: 'M6 3H3v10h10v-3M9 2.5h4.5V7M13.5 2.5 7.5 8.5',
} as const;

export type IconName = keyof typeof paths;

/** A decorative icon: a label or text must accompany it. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
