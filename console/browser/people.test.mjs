// People and My shift in a browser: every page at a desk and on a phone, the main
// tasks by keyboard alone, and every form without JavaScript.
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

/** Tabs until what has the focus is found, and presses a key. */
async function reach(page, what, key = 'Enter') {
  for (let i = 0; i < 120; i++) {
    await page.keyboard.press('Tab')
    const found = await page.evaluate((what) => {
      const on = document.activeElement
      return on.getAttribute('href') === what || on.id === what || (on.tagName === 'BUTTON' && on.textContent.trim() === what)
    }, what)
    if (found) {
      await page.keyboard.press(key)
      return
    }
  }
  assert.fail(`the keyboard does not reach ${what}`)
}

describe('every page', { concurrency: 4, timeout: 300_000 }, () => {
  const pages = [
    ['people', '/people'], ['people', '/people/r-amara'], ['people', '/people/r-amara/number'], ['people', '/hours'],
    ['people', '/rota/swaps'], ['people', '/rota/swaps/s-leo'], ['people', '/rota/import'], ['people', '/rota/import/numbers'],
    ['people', '/rota/change/join'], ['people', '/rota/change/details?person=r-leo'], ['people', '/rota/change/leave?person=r-leo'],
    ['mine', '/my'], ['mine', '/my/swap'], ['mine', '/my/swaps/s-leo'], ['asked', '/my/swaps/s-amara'], ['nobody-here', '/my'], ['mine', '/people/r-leo'], ['mine', '/people'],
  ]
  for (const [scene, path] of pages) {
    test(`${scene} ${path}`, async (t) => {
      const { page, complaints } = await open(t, browser, at(scene, path))
      await sound(page, complaints, 'people', `${scene}${path.replace(/\W+/g, '-')}`)
    })
  }

  test('a table that is refused, a number, and an address', async (t) => {
    const { page, complaints } = await open(t, browser, at('people', '/rota/import'))
    await page.getByLabel('Or paste the table').fill('id,name,team,number\nr-nia,Nia Walsh,mid-north,999\n')
    await page.getByRole('button', { name: 'See what changes' }).click()
    await page.getByRole('alert').waitFor()
    await sound(page, complaints, 'people', 'import-refused')
    await page.goto(at('people', '/people/r-ben/number'))
    await page.getByLabel('To check that the number is right').check()
    await page.getByRole('button', { name: 'Show it once' }).click()
    await shown(page, '07700 900102')
    assert.ok(!page.url().includes('900'), 'the number is in the address')
    await sound(page, complaints, 'people', 'number')
    const { page: own, complaints: ofOwn } = await open(t, browser, at('mine', '/my'))
    await own.getByRole('button', { name: 'Make an address' }).click()
    await own.getByLabel('Select it all, and copy it').waitFor()
    await sound(own, ofOwn, 'people', 'feed')
  })
})

describe('by keyboard alone, on a phone', () => {
  test('a break and back from My shift, each in one press', async (t) => {
    const { page } = await open(t, browser, at('mine', '/my'), { viewport: widths.phone })
    await reach(page, 'A break')
    await shown(page, 'Your phone does not ring for callers until you are back')
    const did = await (await fetch(at('mine', '/did'))).json()
    assert.deepEqual(did, ['break r-leo rest by r-leo'])
  })

  test('a swap is looked at and approved', async (t) => {
    const { page } = await open(t, browser, at('people', '/rota/swaps'), { viewport: widths.phone })
    await reach(page, '/rota/swaps/s-leo')
    await shown(page, 'Who rings')
    await reach(page, 'Approve')
    await shown(page, 'Approved. It is in force')
  })

  test('somebody comes, on skills and tiers ticked by hand', async (t) => {
    const { page } = await open(t, browser, at('people', '/rota/change/join'), { viewport: widths.phone })
    await reach(page, 'name', 'End')
    await page.keyboard.type('Nia Walsh')
    await page.keyboard.press('Tab')
    await page.keyboard.type('07700 900150')
    await reach(page, 'tiers-2', 'Space')
    await reach(page, 'See what changes')
    await shown(page, 'Number ends 150.')
    await shown(page, 'Responding, backup and duty manager')
  })
})

test('without JavaScript: import, be told what is wrong, mend it; offer a swap', async (t) => {
  const { page } = await open(t, browser, at('plain-people', '/people'), { javaScriptEnabled: false })
  await page.getByRole('link', { name: 'Import and download' }).click()
  await page.getByRole('button', { name: 'See what changes' }).click()
  await shown(page, 'Choose a file, or paste a table')
  await page.getByLabel('A CSV file, of at most 1 MB').setInputFiles({ name: 'p.csv', mimeType: 'text/csv', buffer: Buffer.from('id,name\nr-leo,Leo Brandt-Fox\n') })
  await page.getByRole('button', { name: 'See what changes' }).click()
  await shown(page, 'Name Leo Brandt → Leo Brandt-Fox')
  await page.goto(at('asked', '/my'))
  await page.getByRole('link', { name: 'Ask for a swap' }).click()
  await page.getByRole('button', { name: 'Offer it' }).click()
  await shown(page, 'Offered. Nothing changes before it is taken up.')
  await page.locator('a[href^="/my/swaps/swap-"]').first().click()
  await page.getByRole('button', { name: 'Take it back' }).click()
  await shown(page, 'Taken back. You keep your shift.')
})
