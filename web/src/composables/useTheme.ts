import { ref } from 'vue'

export type Theme = 'light' | 'dark' | 'system'
const saved = localStorage.getItem('lr.theme')
const theme = ref<Theme>(saved === 'light' || saved === 'dark' ? saved : 'system')
const system = window.matchMedia('(prefers-color-scheme: dark)')
system.addEventListener('change', apply)

// A page that is always dark, or always light, while it is open.
let forced: boolean | null = null

function apply(): void {
  const dark = forced ?? (theme.value === 'dark' || (theme.value === 'system' && system.matches))
  document.documentElement.classList.toggle('dark', dark)
}

export function useTheme() {
  function choose(t: Theme): void {
    theme.value = t
    if (t === 'system') localStorage.removeItem('lr.theme')
    else localStorage.setItem('lr.theme', t)
    apply()
  }
  function force(dark: boolean | null): void {
    forced = dark
    apply()
  }
  return { theme, choose, force }
}
