// Unified social credit code, GB 32100-2015: 17 signs and a check sign.
const SIGNS = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]

export type CreditCodeProblem = 'length' | 'sign' | 'check'

export function normalCreditCode(text: string): string {
  return text.normalize('NFKC').replace(/[\s-]/g, '').toUpperCase()
}

/** The first thing wrong with the code, or null. */
export function creditCodeProblem(text: string): CreditCodeProblem | null {
  const code = normalCreditCode(text)
  if (code.length !== 18) return 'length'
  let sum = 0
  for (const [i, weight] of WEIGHTS.entries()) {
    const n = SIGNS.indexOf(code.charAt(i))
    if (n < 0) return 'sign'
    sum += n * weight
  }
  const check = SIGNS.charAt((31 - (sum % 31)) % 31)
  return code.charAt(17) === check ? null : 'check'
}
