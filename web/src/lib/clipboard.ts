/**
 * Copies a text. Offices often reach the server without TLS, where browsers
 * keep the clipboard shut; the old way by a selection still works there.
 */
export async function copyText(text: string): Promise<boolean> {
  try {
    if (navigator.clipboard) {
      await navigator.clipboard.writeText(text)
      return true
    }
  } catch {
    // Refused by the browser: try the old way.
  }
  const box = document.createElement('textarea')
  box.value = text
  box.className = 'sr'
  const host = document.activeElement?.closest('[role="dialog"]') ?? document.body
  host.append(box)
  box.select()
  try {
    return document.execCommand('copy')
  } finally {
    box.remove()
  }
}
