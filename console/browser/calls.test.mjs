// Past calls in a browser: found, read, at a desk and on a phone, by keyboard
// alone and without JavaScript.
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'

import { launch, open, serveScenes, violations, widths } from './scenes.mjs'

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
const pictures = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'test-artifacts', 'calls')

/** What every page promises: no violation, no sideways scrolling, no complaint. */
async function sound(page, complaints, width, name) {
  assert.deepEqual(await violations(page), [])
  const wide = await page.evaluate(() => document.documentElement.scrollWidth)
  assert.ok(wide <= widths[width].width, `the page is ${wide} px wide, and scrolls sideways`)
  assert.deepEqual(complaints.filter((c) => !c.includes('422')), [])
  mkdirSync(pictures, { recursive: true })
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true })
}

describe('every page', { concurrency: 3, timeout: 300_000 }, () => {
  for (const [scene, path] of [
    ['past', '/calls/CAeve'], ['past', '/calls/CAtry3'], ['past', '/calls/CAeve/record'], ['past', '/calls/CAtry3/number'],
    ['past', '/calls?when=week'], ['past', '/calls?line=professionals'], ['past', '/calls?from=soon&team=portsmouth'],
  ]) {
    for (const [width, colorScheme] of [['desk', 'light'], ['phone', 'dark']]) {
      test(`${scene} ${path} ${width} ${colorScheme}`, async (t) => {
        const { page, complaints } = await open(t, browser, at(scene, path), { viewport: widths[width], colorScheme })
        await sound(page, complaints, width, `${scene}${path.replace(/\W+/g, '-')}-${width}-${colorScheme}`)
      })
    }
  }
})

/** Tabs until what has the focus is found. */
async function tab(page, what) {
  for (let i = 0; i < 120; i++) {
    await page.keyboard.press('Tab')
    const found = await page.evaluate((what) => {
      const on = document.activeElement
      return on.id === what || on.textContent.trim() === what || on.getAttribute('href')?.split('?')[0] === what
    }, what)
    if (found) return
  }
  assert.fail(`the keyboard does not reach ${what}`)
}

test('by keyboard alone: a search is narrowed', async (t) => {
  const { page } = await open(t, browser, at('past', '/calls'), { viewport: widths.phone })
  await tab(page, 'Search by time, team, outcome and more')
  await page.keyboard.press('Enter')
  await tab(page, 'from')
  await page.keyboard.type('yesterday 22:00')
  await tab(page, 'outcome')
  await page.keyboard.type('Left')
  await tab(page, 'Search')
  await page.keyboard.press('Enter')
  await page.waitForURL(/outcome=abandoned/)
  await page.locator('.lead').getByText('left before an answer').waitFor()
  assert.equal(await page.locator('.found__row').count(), 2)
})

test('by keyboard alone: what came of a call is recorded in few steps', async (t) => {
  const { page } = await open(t, browser, at('search', '/calls/CAtry3'), { viewport: widths.phone })
  await tab(page, '/calls/CAtry3/record')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: /^What came of/ }).waitFor()
  await tab(page, 'code') // the outcomes are one stop; arrows choose
  await page.keyboard.press('ArrowDown')
  await tab(page, 'Save')
  await page.keyboard.press('Enter')
  await shown(page, 'Recorded.')
  await page.locator('.facts').getByText('Advice only').waitFor()
})

test('without JavaScript: an urgent referral needs its clock', async (t) => {
  const { page } = await open(t, browser, at('search', '/calls/CAtry3/record'), { javaScriptEnabled: false, viewport: widths.phone })
  await page.getByText('Urgent referral to be seen face to face').click()
  await page.getByRole('button', { name: 'Save' }).click()
  await shown(page, 'There is a problem')
  await page.getByLabel('How soon must somebody be there').selectOption('crisis.very_urgent')
  await page.getByRole('button', { name: 'Save' }).click()
  await shown(page, 'Recorded.')
  await page.locator('.promised').getByText('Seen face to face, very urgent').waitFor()
})

test('without JavaScript: what is wrong with a search is said, and put right', async (t) => {
  const { page } = await open(t, browser, at('past', '/calls'), { javaScriptEnabled: false })
  await page.getByText('Search by time, team, outcome and more').click()
  await page.getByLabel('From').fill('soon')
  await page.getByRole('button', { name: 'Search' }).click()
  await shown(page, 'There is a problem')
  await page.getByLabel('From').fill('Thu 21:00')
  await page.getByLabel('Until').fill('Fri 23:00')
  await page.getByRole('button', { name: 'Search' }).click()
  await shown(page, 'Answered by Femi Adeyemi')
  assert.equal(await page.locator('.found__row').count(), 2)
})
