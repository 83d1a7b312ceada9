import { gather } from './index'

export const en = gather(import.meta.glob('./en/*.json', { eager: true, import: 'default' }))
