/** A title to start from: the investor's short name and the chain. */
export function suggestTitle(investor: string, chain: string): string {
  const short = investor.trim().replace(/[（(].*?[)）]/g, '').replace(/(股份有限公司|有限责任公司|有限公司|集团公司|公司|集团)$/, '').trim()
  if (!short) return ''
  return `${short}${chain.replace(/产业(集群|链)?$/, '')}项目`
}
