import { onBeforeUnmount, ref, type Ref } from 'vue'

/** The colours of the tokens, as the picture library needs them. */
export interface Palette {
  text: string; text2: string; text3: string; surface: string; line: string; bar: string; soon: string; late: string; font: string
  ramp: string[]; onRamp: string[]
}

const STEPS = 5

export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement)
  const of = (name: string) => style.getPropertyValue(`--${name}`).trim()
  const steps = (name: string) => Array.from({ length: STEPS }, (_, i) => of(`${name}-${i}`))
  return {
    text: of('text'), text2: of('text-2'), text3: of('text-3'), surface: of('surface'), line: of('line'), bar: of('plot'), soon: of('plot-soon'), late: of('plot-late'), font: of('font'),
    ramp: steps('ramp'), onRamp: steps('on-ramp'),
  }
}

/** The palette of the theme that is shown now, and of paper while it prints. */
export function usePalette(): Ref<Palette> {
  const palette = ref(readPalette())
  const read = () => {
    palette.value = readPalette()
  }
  const seen = new MutationObserver(read)
  const paper = window.matchMedia('print')
  seen.observe(document.documentElement, { attributes: true, attributeFilter: ['class'] })
  paper.addEventListener('change', read)
  onBeforeUnmount(() => {
    seen.disconnect()
    paper.removeEventListener('change', read)
  })
  return palette
}
