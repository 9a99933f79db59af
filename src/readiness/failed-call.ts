import { curlCommand, headerVariable, literalHeader, quoted } from '../call/curl-command.js';
import type { Credentials } from '../call/plan-call.js';
import { basicAuthorization } from '../call/plan-call.js';
import { isSecretHeader } from './reports/conceal.js';
import type { SentCall } from './sent-call.js';

/** How the calls of a run are sent. */
export interface CallSettings {
  readonly credentials: Credentials | undefined;
  readonly insecure: boolean;
  /** Milliseconds. */
  readonly timeout: number;
}

/** A curl command that repeats a call, and the variables that hold its secrets. */
export interface RepeatCommand {
  /** Runs in bash. */
  readonly curl: string;
  /** What each variable must hold, as the end of a sentence. */
  readonly variables: Readonly<Record<string, string>>;
}

const authVariable = 'NETCORE_HOOK_AUTH';
const queryVariable = 'NETCORE_HOOK_QUERY';

/** `bodyFile`: reads the body from a file, or from stdin (`-`), instead of the command. */
export function repeatCommand(
  { call }: SentCall,
  { credentials, insecure, timeout }: CallSettings,
  bodyFile?: string,
): RepeatCommand {
  const variables: Record<string, string> = {};
  const header = (name: string, value: string) => {
    if (name.toLowerCase() === 'authorization' && credentials) {
      const words = loginWords(name, value, credentials);
      if (words === undefined) return literalHeader(name, value);
      variables[authVariable] = 'the credentials of the endpoint, like user:password';
      return words;
    }
    if (!isSecretHeader(name)) return undefined;
    const variable = headerVariable(name);
    variables[variable] = `the value of the header ${name}`;
    return `-H ${quoted(`${name}: `)}"$${variable}"`;
  };
  const { origin, pathname, search } = call.url;
  // Its values may be tokens.
  if (search !== '') variables[queryVariable] = 'the query of the URL, after the question mark';
  const url = quoted(`${origin}${pathname}`) + (search === '' ? '' : `"?$${queryVariable}"`);
  const maxTime = Math.ceil(timeout / 1000);
  return { curl: curlCommand(call, { insecure, url, header, bodyFile, maxTime }), variables };
}

/** The words for a login that holds the password; undefined when it does not. */
function loginWords(name: string, value: string, credentials: Credentials): string | undefined {
  if (value === basicAuthorization(credentials)) return `-u "$${authVariable}"`;
  const [, scheme = '', code = ''] = /^(\S+) ([\w+/]+=*)$/.exec(value) ?? [];
  const login = Buffer.from(code, 'base64').toString('utf8');
  if (credentials.password === '' || !login.includes(credentials.password)) return undefined;
  const parts = login.split(credentials.password).map((part) => (part === '' ? '' : quoted(part)));
  const text = parts.join(`"\${${authVariable}#*:}"`);
  const begin = quoted(`${name}: ${scheme} `);
  return `-H ${begin}"$(printf %s ${text} | base64 | tr -d '\\n')"`;
}
