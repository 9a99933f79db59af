import type { Signal } from '@preact/signals';

/** Basic credentials. They are never stored. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
}

export const noCredentials: Credentials = { user: '', password: '' };

/** In the API's form; undefined when empty. */
export function authOf({ user, password }: Credentials): string | undefined {
  return user === '' && password === '' ? undefined : `${user}:${password}`;
}

export function CredentialFields({
  value,
  hint,
}: {
  readonly value: Signal<Credentials>;
  readonly hint: string;
}) {
  return (
    <fieldset class="form-part">
      <legend class="label">
        Basic authentication <span class="faint">{hint}</span>
      </legend>
      <div class="pair">
        <input
          class="field"
          placeholder="User"
          aria-label="User"
          autocomplete="off"
          spellcheck={false}
          value={value.value.user}
          onInput={(event) => {
            value.value = { ...value.value, user: event.currentTarget.value };
          }}
        />
        <input
          class="field"
          type="password"
          placeholder="Password"
          aria-label="Password"
          autocomplete="off"
          value={value.value.password}
          onInput={(event) => {
            value.value = { ...value.value, password: event.currentTarget.value };
          }}
        />
      </div>
    </fieldset>
  );
}
