export interface Column<T> {
  key: string
  label: string
  width: number
  align?: 'right'
  /** Name of the sort that the server allows. */
  sort?: string
  /** Cannot be hidden. */
  fixed?: boolean
  /** Hidden until chosen. */
  extra?: boolean
  /** Plain text, when there is no slot. */
  text?: (row: T) => string
}
export type Density = 'dense' | 'roomy'
