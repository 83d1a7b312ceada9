/** One server-sent event. */
export interface ServerEvent { name: string; id: string; data: string }

/** Cuts a stream of text into server-sent events, wherever the pieces break. */
export function eventReader(): (piece: string) => ServerEvent[] {
  let rest = ''
  return (piece) => {
    rest += piece
    const blocks = rest.split('\n\n')
    rest = blocks.pop() ?? ''
    return blocks.map(parse).filter((e): e is ServerEvent => e !== null)
  }
}

function parse(block: string): ServerEvent | null {
  const e: ServerEvent = { name: '', id: '', data: '' }
  for (const line of block.split('\n')) {
    const [, field, value] = /^(\w+): ?(.*)$/.exec(line) ?? []
    if (field === 'event') e.name = value ?? ''
    if (field === 'id') e.id = value ?? ''
    if (field === 'data') e.data += value ?? ''
  }
  return e.name ? e : null
}
