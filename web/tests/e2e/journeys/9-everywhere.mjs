import assert from 'node:assert/strict'

// Every page that a login finds in its rail: no barrier, no error, no
// overflow, on a phone, an office machine and a large screen.
const SCREENS = [
  { locale: 'zh-CN', dark: false, width: 1366, height: 768, tag: 'office', logins: ['wg-shenzhen', 'huangpu-head', 'iit-head', 'bureau-head', 'leader', 'sysadmin', 'secadmin', 'auditor', 'viewer-huangpu'] },
  { locale: 'en', dark: true, width: 360, height: 740, tag: 'phone', logins: ['wg-shenzhen', 'secadmin'] },
  { locale: 'zh-CN', dark: true, width: 1920, height: 1080, tag: 'large', logins: ['leader', 'auditor'] },
  { locale: 'zh-CN', dark: false, width: 360, height: 740, tag: 'phone-zh', logins: ['bureau-head'] },
]

/** Takes longest, so it begins first. */
export const long = true

export default function (journey) {
  for (const screen of SCREENS) {
    for (const login of screen.logins) {
      journey(`${login} opens every page (${screen.tag})`, async ({ person }) => {
        const p = await person(login, screen)
        const paths = await p.page.locator('.shell-rail a.item').evaluateAll((all) => all.map((a) => a.getAttribute('href')))
        assert.ok(paths.length > 0, 'there is something to open')
        for (const path of paths) {
          await p.go(path)
          await p.look(`${screen.tag}-${login}${path.replaceAll('/', '-')}`)
        }
      })
    }
  }
}
