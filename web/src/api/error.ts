export interface FieldError { name: string; code: string; message: string }

/** What the server (or the network) answered instead of a result. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly title: string
  readonly fields: FieldError[]
  readonly requestId: string
  readonly retryAfter: number | null
  readonly params: Record<string, unknown>

  constructor(status: number, body: Record<string, unknown>, retryAfter: number | null = null) {
    super(text(body.detail) || text(body.title) || `HTTP ${status}`)
    this.name = 'ApiError'
    this.status = status
    this.code = text(body.code) || (status === 0 ? 'network' : `http.${status}`)
    this.title = text(body.title)
    this.fields = Array.isArray(body.fields) ? (body.fields as FieldError[]) : []
    this.requestId = text(body.request_id)
    this.retryAfter = retryAfter
    this.params = body
  }

  /** The sentence for one field, or an empty text. */
  field(name: string): string {
    return this.fields.find((f) => f.name === name)?.message ?? ''
  }
}

export function isApiError(e: unknown): e is ApiError {
  return e instanceof ApiError
}

function text(v: unknown): string {
  return typeof v === 'string' ? v : ''
}
