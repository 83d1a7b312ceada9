import assert from 'node:assert/strict'

const dayBack = (n) => new Date(Date.now() + 8 * 3_600_000 - n * 86_400_000).toISOString().slice(0, 10)

/** What the list of the page says: how many, and the exact sum on its hover. */
async function listed(p) {
  const total = p.page.locator('.total .sum')
  await total.waitFor()
  const count = Number((await total.locator('.count').textContent()).replace(/\D/g, ''))
  const figure = total.locator('.figure')
  return { count, sum: (await figure.count()) ? await figure.getAttribute('title') : '' }
}

/** Opens a figure of the page, and finds the same number and sum above its list, and as many rows. */
async function opens(p, link, want) {
  await link.click()
  await p.page.waitForURL(/\/cockpit\/list\?/)
  const got = await listed(p)
  assert.equal(got.count, want.count, `the list behind ${p.page.url()}`)
  if (want.sum) assert.equal(got.sum, want.sum, `the sum behind ${p.page.url()}`)
  for (const more = p.page.locator('.list .more button'); await more.count();) {
    await more.click()
    await p.settled()
  }
  assert.equal(await p.page.locator('.rows tbody tr').count(), want.count)
}

const number = async (l) => Number((await l.textContent()).replace(/\D/g, ''))

export default function (journey) {
  for (const locale of ['zh-CN', 'en']) {
    journey(`a leader opens the lists behind the figures, today and on a past day (${locale})`, async ({ person, client }) => {
      const p = await person('leader', { locale, dark: locale === 'en' })
      await p.go('/cockpit')
      await p.page.locator('.bands .pic svg').waitFor()
      await p.look(`cockpit-${locale}`)
      // A large figure, with its sum.
      const talks = p.page.locator('.card').nth(1).locator('.open')
      await opens(p, talks, { count: await number(talks.locator('b')), sum: await talks.locator('.figure').getAttribute('title') })
      await p.look(`cockpit-list-${locale}`)
      // A part of a picture: the exact sum on its hover, the list on its press.
      await p.go('/cockpit')
      const picture = await p.page.locator('.bands .pic svg').boundingBox()
      const spot = [picture.x + (locale === 'en' ? 123 : 95), picture.y + 4 + (picture.height - 8) / 14]
      await p.page.mouse.move(...spot)
      const tip = p.page.locator('.bands .box b')
      await tip.waitFor()
      const [, count, sum] = await p.page.locator('.bands .box b, .bands .box span').allTextContents()
      await opens(p, { click: () => p.page.mouse.click(...spot) }, { count: Number(count.replace(/\D/g, '')), sum })
      // The same in its table, by keyboard.
      await p.go('/cockpit')
      await p.page.locator('.bands .forms').getByRole('button', { name: p.t('cockpit.table'), exact: true }).press('Enter')
      const band = p.page.locator('.bands .table-box a').first()
      await opens(p, band, { count: await number(band) })
      // A row of the tables.
      await p.go('/cockpit')
      const town = p.page.locator('.shares tbody tr').first().locator('a').first()
      await opens(p, town, { count: await number(town) })
      // Two at once: a chain of one town.
      const { body } = await (await client('leader'))('GET', '/cockpit')
      const largest = body.towns.filter((s) => s.unit_id).sort((a, b) => b.in_talks.count - a.in_talks.count)[0]
      await p.go(`/cockpit?slice=town:${largest.unit_id}&tab=chains`)
      const chain = p.page.locator('.shares tbody tr').first().locator('a').first()
      await opens(p, chain, { count: await number(chain) })
      // A day before all leads is refused in words, with the way back.
      p.expect(/400/)
      await p.go('/cockpit?as_of=1999-01-01')
      await p.button('cockpit.whole_today').click()
      await p.page.locator('.card').first().waitFor()
      // A past day: what is said of it, and its list.
      const day = dayBack(40)
      await p.go(`/cockpit?as_of=${day}`)
      await p.see(p.t('cockpit.then_line', { day }))
      await p.look(`cockpit-as-of-${locale}`)
      const live = p.page.locator('.more .line').first().locator('a')
      await opens(p, live, { count: await number(live.locator('b')), sum: await live.locator('.figure').getAttribute('title') })
      assert.ok(p.page.url().includes(`as_of=${day}`))
    })

    journey(`the cockpit tells what it counts, and on a phone stands in one column (${locale})`, async ({ person }) => {
      const p = await person('leader', { locale, width: 360, height: 740 })
      await p.go('/cockpit')
      await p.look(`cockpit-phone-${locale}`)
      await p.page.locator('.card .mark').first().click()
      const drawer = p.page.locator('.catalogue')
      await drawer.locator('article.at').waitFor()
      assert.ok((await drawer.locator('article').count()) >= 15)
      await p.look(`cockpit-measures-${locale}`)
      await p.page.keyboard.press('Escape')
      await drawer.waitFor({ state: 'detached' })
    })
  }

  for (const [width, height] of [[1920, 1080], [3840, 2160]]) {
    journey(`the wall screen shows everything at ${width} × ${height} without scrolling`, async ({ person }) => {
      const p = await person('leader', { width, height })
      await p.go('/cockpit/screen')
      await p.page.locator('.map svg').waitFor()
      await p.look(`cockpit-screen-${height}`)
      const over = await p.page.evaluate(() => [document.documentElement, ...document.querySelectorAll('.screen, .column, .tile')].filter((e) => e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1).map((e) => e.className))
      assert.deepEqual(over, [])
      assert.equal(await p.page.locator('.shell-rail').count(), 0)
      await p.page.keyboard.press('Escape')
      await p.page.waitForURL(/\/cockpit$/)
      await p.page.locator('.shell-rail').waitFor()
    })
  }

  journey('who leaves the wall screen after nobody was there is asked for the password', async ({ person }) => {
    const p = await person('leader')
    await p.go('/cockpit/screen')
    await p.page.evaluate(() => localStorage.setItem('lr.active', '1'))
    await p.go('/cockpit/screen')
    await p.page.locator('.map svg').waitFor()
    p.expect(/401/)
    await p.page.keyboard.press('Escape')
    await p.page.locator('input[type=password]').waitFor()
  })

  journey('a town sees only its own leads in the cockpit, and who may not read it is told so', async ({ person, client }) => {
    const mine = await client('huangpu')
    const { body: own } = await mine('GET', '/cockpit')
    const { body: all } = await (await client('leader'))('GET', '/cockpit')
    const live = (c) => c.figures.find((f) => f.measure === 'leads.live').count
    assert.equal(own.whole_city, false)
    assert.ok(live(own) > 0 && live(own) < live(all))
    const p = await person('huangpu')
    await p.go('/cockpit')
    await p.see(p.t('cockpit.own_only'))
    assert.equal(await number(p.page.locator('.more .line').first().locator('b')), live(own))
    await p.look('cockpit-town')
    const q = await person('sysadmin')
    assert.equal(await q.page.locator('.shell-rail a[href="/cockpit"]').count(), 0)
    await q.go('/cockpit')
    await q.see(q.t('shell.no_permission'))
    await q.go('/cockpit/screen')
    await q.see(q.t('shell.no_permission'))
  })
}
