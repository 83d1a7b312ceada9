/** A counted value as it is read: projects in millionths, amounts in cents. */
export function valueText(value: number, measure: string, locale: string): string {
  const project = measure === 'project'
  const n = project ? value / 1_000_000 : value / 100 / 10_000
  return new Intl.NumberFormat(locale, { maximumFractionDigits: project ? 2 : 0 }).format(n)
}

/** Parts per million as a percentage. */
export function shareText(ppm: number, locale: string): string {
  return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 4 }).format(ppm / 1_000_000)
}
