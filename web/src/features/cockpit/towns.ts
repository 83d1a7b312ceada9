import type { Figures, Share } from '@/api/cockpit'
import { valueOf, type By } from './figures'

/** What the schematic can be coloured by. */
export const TOWN_FIGURES = ['in_talks', 'fresh', 'signed', 'stuck'] as const
export type TownFigure = (typeof TOWN_FIGURES)[number]

const MEASURES: Record<TownFigure, string> = { in_talks: 'leads.in_talks', fresh: 'leads.new', signed: 'signed.year', stuck: 'stuck' }
export const measureOf = (f: TownFigure): string => MEASURES[f]

export function figureOf(s: Share, f: TownFigure): Figures {
  return f === 'stuck' ? { count: s.stuck, known: 0, sum_cents: 0 } : s[f]
}

/** What a town is coloured and labelled by; the stuck ones have no amount. */
export const measured = (s: Share, f: TownFigure, by: By): number => valueOf(figureOf(s, f), f === 'stuck' ? 'count' : by)

/** The name as it fits a small shape. */
export const shortTown = (name: string): string => name.replace(/ (New Town|New Area|High-tech Zone|Town|Subdistrict)$/, '')
