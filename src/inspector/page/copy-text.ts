import { say } from './toast.js';

/** Puts a text on the clipboard, and says that it did. */
export async function copyText(text: string, said: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    say(said);
  } catch {
    say('The browser does not let this page copy.');
  }
}
