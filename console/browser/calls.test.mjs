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
    ['owed', '/follow-ups'], ['past', '/follow-ups?team=southampton'], ['owed', '/calls/CAtry1/callback'], ['owed', '/calls/CAtry3/callback'],
    ['owed', '/follow-ups/end/CAday/crisis.urgent'], ['owed', '/follow-ups/why/CAhid/referrer.response'],
    ['owed', '/calls/CAtry3/callback/promise'], ['owed', '/calls/CAtry1/callback/try'], ['owed', '/calls/CAtry1/callback/end?how=reached'],
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

test('by keyboard alone: a callback is taken, tried, and over', async (t) => {
  const { page } = await open(t, browser, at('ring', '/follow-ups'), { viewport: widths.phone })
  const took = async (what, heading) => {
    await tab(page, what)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: heading, level: 1 }).waitFor()
  }
  await page.locator('#owed-CAtry1-callback button').focus()
  await page.keyboard.press('Enter')
  await shown(page, 'It is yours for 15 minutes')
  await took('Record a try', /^You rang back/)
  await tab(page, 'result')
  await page.keyboard.press('Space') // that they were reached
  await took('Save', /^What came of the callback/)
  await tab(page, 'code')
  await page.keyboard.press('ArrowDown')
  await took('Save', /^Callbacks and follow-ups/)
  await shown(page, 'Recorded: the callback is over.')
  assert.equal(await page.locator('#owed-CAtry1-callback').count(), 0)
})

test('without JavaScript: a late visit is recorded when it happened, and why it was late', async (t) => {
  const { page } = await open(t, browser, at('ring', '/follow-ups'), { javaScriptEnabled: false, viewport: widths.phone })
  await page.locator('#owed-CAeve-crisis-very_urgent').getByRole('link', { name: /^Say what came of it/ }).click()
  await page.getByText('They were seen').click()
  await page.getByLabel('When did it happen?').fill('03:05')
  await page.getByRole('button', { name: 'Save' }).click()
  await shown(page, /^Why was it late/)
  await page.getByText('Travelling took too long').click()
  await page.getByRole('button', { name: 'Save' }).click()
  await shown(page, 'Recorded why.')
  assert.match(await page.locator('details').textContent(), /Travelling took too long/)
})

test('the list is read again by itself, its clocks run, and the focus stays', async (t) => {
  const { page, complaints } = await open(t, browser, at('ring', '/follow-ups'))
  const clock = page.locator('.owed .clock').first()
  const was = await clock.textContent()
  await page.waitForFunction((was) => document.querySelector('.owed .clock').textContent !== was, was)
  const row = page.locator('#owed-CAday-callback')
  await row.getByRole('link', { name: /^Open/ }).focus()
  await fetch(at('ring', '/calls/CAday/callback/take'), { method: 'POST', headers: { 'Sec-Fetch-Site': 'same-origin' } })
  await page.evaluate(() => { document.dispatchEvent(new Event('visibilitychange')) }) // as when somebody comes back to it
  await row.getByText(/has it until/).waitFor()
  assert.match(await page.evaluate(() => document.activeElement.textContent), /^Open/)
  assert.deepEqual(complaints, [])
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
