import { refusedCopy } from './detail/refused-copy.js';
import { say } from './toast.js';

/** Puts a text on the clipboard, and says that it did; where it may not, shows it for copying. */
export async function copyText(text: string, said: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    say(said);
  } catch {
    refusedCopy.value = text;
  }
}
