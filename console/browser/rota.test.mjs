// The rota in a browser: every page that mends it, at a desk and on a phone, by
// keyboard alone, without JavaScript, and by two people at once.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { launch, open, serveScenes, sound, widths } from './scenes.mjs'

let scenes, browser
before(async () => {
  scenes = await serveScenes()
  browser = await launch()
})
after(async () => {
  await browser?.close()
  await scenes?.stop()
})

const at = (scene, path = '/') => scenes.addresses[scene] + path
const shown = (page, words) => page.getByText(words).first().waitFor({ state: 'visible', timeout: 5000 })
describe('every page', { concurrency: 4, timeout: 300_000 }, () => {
  const pages = [
    ['edit', '/'], ['edit', '/rota'], ['edit', '/rota?day=2026-10-25'], ['edit', '/rota/week'], ['refused', '/rota/week'], ['edit', '/rota/week?from=2026-10-25'],
    ['refused', '/rota/weeks'], ['noplan', '/rota/week'], ['noplan', '/rota/weeks'], ['noplan', '/people'],
    ['edit', '/people'], ['edit', '/people/r-amara'], ['edit', '/audit'], ['edit', '/audit?kind=dance'], ['edit', '/audit/plans'], ['edit', '/audit/1'], ['edit', '/sign-in'], ['closed', '/sign-in?done=out'], ['edit', '/rota/undo'], ['edit', '/set-up'],
    ['edit', '/reports'], ['edit', '/reports/staffing?calls='], ['edit', '/reports/2026-05'], ['edit', '/reports/2026-06'],
    ['refused', '/rota/shift/isle-of-wight/responding/2026-06-20T23:00'], ['edit', '/rota/shift/portsmouth/responding/2026-06-20T03:30'],
    ['edit', '/rota/change/sick'], ['edit', '/rota/change/sick?person=r-amara'], ['edit', '/rota/change/replace'], ['edit', '/rota/change/replace?person=r-amara'],
    ['edit', '/rota/change/swap?person=r-amara'], ['edit', '/rota/change/take'],
    ['refused', '/rota/change/cover?team=isle-of-wight&tier=responding&from=2026-06-20T22:00&until=2026-06-21T01:00'],
  ]
  for (const [scene, path] of pages) {
    test(`${scene} ${path}`, async (t) => {
      const { page, complaints } = await open(t, browser, at(scene, path))
      await sound(page, complaints, 'rota', `${scene}${path.replace(/\W+/g, '-')}`)
    })
  }

  test('an error and a draft', async (t) => {
    const { page, complaints } = await open(t, browser, at('edit', '/rota/change/take'))
    await page.getByRole('button', { name: 'See what changes' }).click()
    await page.getByRole('alert').waitFor()
    assert.match(await page.title(), /^Error: /)
    await sound(page, complaints, 'rota', 'error')
    await page.goto(at('edit', '/rota/change/sick?person=r-leo'))
    await page.getByRole('button', { name: 'See what changes' }).click()
    await shown(page, 'Who rings')
    await sound(page, complaints, 'rota', 'draft')
  })

  test('a draft that is refused', async (t) => {
    const { page, complaints } = await open(t, browser, at('refused', '/rota/change/sick?person=r-femi'))
    for (const cover of await page.locator('select').all()) await cover.selectOption('none')
    await page.getByRole('button', { name: 'See what changes' }).click()
    await shown(page, 'Publish it all the same')
    await sound(page, complaints, 'rota', 'refused')
  })
})

/** Tabs until what has the focus is found, and presses Enter. */
async function reach(page, what) {
  for (let i = 0; i < 120; i++) {
    await page.keyboard.press('Tab')
    const found = await page.evaluate((what) => {
      const on = document.activeElement
      return on.getAttribute('href') === what || (on.tagName === 'BUTTON' && on.textContent.trim() === what)
    }, what)
    if (found) {
      await page.keyboard.press('Enter')
      return
    }
  }
  assert.fail(`the keyboard does not reach ${what}`)
}

const audited = async (scene) => (await fetch(at(scene, '/audit/plans'))).text()

describe('by keyboard alone', () => {
  test('sick now: from the board in three steps', async (t) => {
    const { page } = await open(t, browser, at('sick'), { viewport: widths.phone })
    await page.locator('#live[data-state=Live]').waitFor()
    await reach(page, '/rota/change/sick?person=r-leo') // 1: whose
    await shown(page, 'Leo Brandt is away from now')
    assert.equal(await page.locator('select[name^="cover-"]').first().inputValue(), 'r-mia')
    await reach(page, 'See what changes') // 2: the cover that is suggested
    await shown(page, 'Who rings')
    await page.getByText('Mia Thorne').first().waitFor()
    if (await page.locator('#because').count()) {
      await page.locator('#because').fill('The rest of the month is mended tomorrow')
    }
    await reach(page, 'Publish') // 3
    await shown(page, 'Published. It is in force at the next ring.')
    assert.match(await audited('sick'), /Leo Brandt is away/)
  })

  test('replace now: from the board in two steps', async (t) => {
    const { page } = await open(t, browser, at('replace'), { viewport: widths.phone })
    await page.locator('#live[data-state=Live]').waitFor()
    await reach(page, '/rota/change/replace?person=r-leo')
    await shown(page, 'Replace Leo Brandt now')
    await reach(page, 'Replace now')
    await shown(page, 'They are replaced from the next ring on')
    await page.locator('#duty').getByText('Mia Thorne').first().waitFor()
    assert.match(await audited('replace'), /Mia Thorne is on in place of Leo Brandt/)
  })
})

test('without JavaScript: take a shift, be told what is wrong, publish, undo', async (t) => {
  const { page } = await open(t, browser, at('plain', '/rota/shift/mid-north/responding/2026-06-20T21:00'), { javaScriptEnabled: false })
  await page.getByRole('link', { name: 'Take this shift from Leo Brandt' }).click()
  await page.getByRole('button', { name: 'See what changes' }).click()
  await shown(page, 'There is a problem')
  assert.match(await page.title(), /^Error: /)
  await page.getByLabel('Who takes it?').selectOption('r-mia')
  await page.getByRole('button', { name: 'See what changes' }).click()
  await shown(page, 'Look before you publish')
  await page.getByRole('button', { name: 'Publish' }).click()
  await shown(page, 'Published.')
  await page.getByRole('link', { name: 'Undo' }).click()
  await page.getByRole('button', { name: 'Undo it' }).click()
  await shown(page, 'Undone.')
})

test('two people at once: the second keeps their work and sees what changed', async (t) => {
  const cover = (team, day, person) => `/rota/change/cover?team=${team}&tier=responding&from=2026-06-${day}T20:00&until=2026-06-${day + 1}T08:00&person=${person}`
  const { page: one } = await open(t, browser, at('editors', cover('mid-north', 22, 'r-leo')))
  const { page: two, complaints } = await open(t, browser, at('editors', cover('southampton', 25, 'r-dev')))
  for (const page of [one, two]) {
    await page.getByRole('radio', { name: /^Mia Thorne/ }).check()
    await page.getByRole('button', { name: 'See what changes' }).click()
    await shown(page, 'Look before you publish')
  }
  await one.getByRole('button', { name: 'Publish' }).click()
  await shown(one, 'Published.')
  await two.getByRole('button', { name: 'Publish' }).click()
  await shown(two, 'Your change is kept')
  await sound(two, complaints, 'rota', 'two-editors')
  await two.getByRole('button', { name: 'Put my change on top of theirs' }).click()
  await shown(two, 'Look before you publish')
  await two.getByRole('button', { name: 'Publish' }).click()
  await shown(two, 'Published.')
})

test('dragging a shift onto another opens the swap of the two, and changes nothing', async (t) => {
  const { page, complaints } = await open(t, browser, at('edit', '/rota/week'))
  const shifts = await page.locator('[data-slot]').evaluateAll((all) => all.map((el) => ({ ...el.dataset, at: el.getAttribute('href') })))
  const later = (s) => s.at > '/rota/shift' && s.slot.split('|')[1] > '2026-06-20'
  const one = shifts.find((s) => later(s))
  const two = shifts.find((s) => later(s) && s.tier === one.tier && s.person !== one.person)
  await page.locator(`[data-slot="${one.slot}"]`).first().dragTo(page.locator(`[data-slot="${two.slot}"]`).first())
  await page.waitForURL(/\/rota\/change\/swap/)
  assert.equal(await page.locator('select[name=gives]').inputValue(), one.slot)
  assert.equal(await page.locator('select[name=takes]').inputValue(), `${two.person}|${two.slot}`)
  assert.deepEqual(complaints, [])
})
