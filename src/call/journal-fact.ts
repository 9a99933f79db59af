/** What happened to a store and its queue. Holds no personal data: no contacts, ids or answers. */
export type JournalFact =
  | { readonly kind: 'listener_started'; readonly url: string; readonly to: string | null }
  | { readonly kind: 'listener_stopped'; readonly url: string }
  | { readonly kind: 'listener_reloaded'; readonly url: string }
  | { readonly kind: 'worker_started' | 'worker_stopped'; readonly to: string }
  | { readonly kind: 'breaker_opened'; readonly to: string; readonly status: number | null }
  | { readonly kind: 'breaker_closed'; readonly to: string }
  /** An alert of this kind was sent. */
  | { readonly kind: 'alerted'; readonly alert: string; readonly state: string }
  | { readonly kind: 'paused' | 'resumed'; readonly to: string }
  | { readonly kind: 'retried'; readonly calls: number; readonly to: string | null }
  | { readonly kind: 'dropped'; readonly calls: number }
  /** `to`: the Redis; null for the store. */
  | { readonly kind: 'moved'; readonly calls: number; readonly to: string | null }
  | { readonly kind: 'removed_early'; readonly captures: number; readonly limit: string }
  | { readonly kind: 'pruned'; readonly captures: number }
  | { readonly kind: 'erased'; readonly events: number }
  | { readonly kind: 'exported'; readonly captures: number; readonly redacted: boolean }
  | { readonly kind: 'imported'; readonly captures: number }
  | { readonly kind: 'backed_up'; readonly captures: number };
