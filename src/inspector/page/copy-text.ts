import { refusedCopy } from './detail/refused-copy.js';
import { say } from './toast.js';

/**
 * Copies a text to the clipboard and confirms it; if the browser refuses, shows the text for manual
 * copying.
 */
export async function copyText(text: string, confirmation: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    say(confirmation);
  } catch {
    refusedCopy.value = text;
  }
}
