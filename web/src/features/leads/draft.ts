/** What a dialog about a hand-off holds. */
export interface HandOffForm { to: number | null; reason: string; ask: string; parts: string[] }

interface Draft { to_unit_id: number; reason: string; ask: string; parts: string[] }

/**
 * The form with the words of a draft that arrived after the dialog opened:
 * they fill only what still stands as it was at the opening, so that nothing
 * typed meanwhile is lost.
 */
export function fillFromDraft(form: HandOffForm, opened: HandOffForm, draft: Draft): HandOffForm {
  const kept: HandOffForm = { to: draft.to_unit_id, reason: draft.reason, ask: draft.ask, parts: [...draft.parts] }
  const untouched = (name: keyof HandOffForm) => JSON.stringify(form[name]) === JSON.stringify(opened[name])
  return {
    to: untouched('to') ? kept.to : form.to, reason: untouched('reason') ? kept.reason : form.reason,
    ask: untouched('ask') ? kept.ask : form.ask, parts: untouched('parts') ? kept.parts : form.parts,
  }
}
