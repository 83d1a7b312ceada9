import { computed, ref, type ComputedRef } from 'vue'
import type { Column, Density } from '@/components/table'

/** Which columns of a table are shown and how close the rows stand; kept in this browser. */
export function useColumns<T>(name: string, columns: ComputedRef<Column<T>[]>) {
  const key = `lr.table.${name}`
  const kept = read(key)
  const hidden = ref<string[] | null>(kept.hidden)
  const density = ref<Density>(kept.density)
  const shown = computed(() => columns.value.filter((c) => c.fixed || !isHidden(c)))

  function isHidden(c: Column<T>): boolean {
    return hidden.value ? hidden.value.includes(c.key) : c.extra === true
  }
  function toggle(c: Column<T>): void {
    const now = columns.value.filter((one) => !one.fixed && isHidden(one)).map((one) => one.key)
    hidden.value = now.includes(c.key) ? now.filter((k) => k !== c.key) : [...now, c.key]
    save()
  }
  function setDensity(d: Density): void {
    density.value = d
    save()
  }
  function save(): void {
    localStorage.setItem(key, JSON.stringify({ hidden: hidden.value, density: density.value }))
  }
  return { shown, density, isHidden, toggle, setDensity }
}

function read(key: string): { hidden: string[] | null; density: Density } {
  try {
    const v = JSON.parse(localStorage.getItem(key) ?? '{}') as { hidden?: string[]; density?: Density }
    return { hidden: Array.isArray(v.hidden) ? v.hidden : null, density: v.density === 'roomy' ? 'roomy' : 'dense' }
  } catch {
    return { hidden: null, density: 'dense' }
  }
}
