// Teams in a browser: the catalogue, who helps whom, localities and lines; a
// merger by keyboard alone, and a split without JavaScript.
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

const at = (scene, path = '/teams') => scenes.addresses[scene] + path
const shown = (page, words) => page.getByText(words).first().waitFor({ state: 'visible', timeout: 5000 })

describe('every page', { concurrency: 4, timeout: 300_000 }, () => {
  const pages = [
    ['teams', '/teams'], ['noplan', '/teams'], ['teams', '/teams/portsmouth'], ['teams', '/teams/city'], ['teams', '/mutual-aid'], ['teams', '/lines'], ['teams', '/localities'],
    ['teams', '/rota/change/help?team=portsmouth'], ['teams', '/rota/change/end-help?promise=portsmouth_southampton_2026-01-01_2200'],
    ['teams', '/rota/change/move-code?code=PO4'], ['teams', '/rota/change/retire'],
  ]
  for (const [scene, path] of pages) {
    test(`${scene} ${path}`, async (t) => {
      const { page, complaints } = await open(t, browser, at(scene, path))
      await sound(page, complaints, 'teams', `${scene}${path.replace(/\W+/g, '-')}`)
    })
  }
})

/** Tabs until what has the focus is the one meant. */
async function reach(page, meant) {
  for (let i = 0; i < 150; i++) {
    await page.keyboard.press('Tab')
    const found = await page.evaluate((meant) => {
      const on = document.activeElement
      return [on.getAttribute('href'), on.id, on.tagName === 'BUTTON' && on.textContent.trim()].includes(meant)
    }, meant)
    if (found) return
  }
  assert.fail(`the keyboard does not reach ${meant}`)
}

const press = async (page, meant) => {
  await reach(page, meant)
  await page.keyboard.press('Enter')
}

test('by keyboard alone: two teams become one, and it is taken back', async (t) => {
  const { page, complaints } = await open(t, browser, at('teams'), { viewport: widths.phone })
  await press(page, '/teams/change/merge')
  await shown(page, 'Which teams become one?')
  await reach(page, 'sources')
  await page.keyboard.press('Space')
  await press(page, 'Continue')
  await shown(page, 'Choose two teams or more')
  assert.match(await page.title(), /^Error: /)
  await sound(page, complaints, 'teams', 'merge-error')
  await page.setViewportSize(widths.phone)
  await reach(page, 'sources-1')
  await page.keyboard.press('Space')
  await press(page, 'Continue')
  await shown(page, 'What do they become?')
  await reach(page, 'name')
  await page.keyboard.type('The South')
  await press(page, 'Continue')
  await shown(page, 'When does it happen?')
  for (const [field, text] of [['on', '1'], ['on-month', '7'], ['on-year', '2026']]) {
    await reach(page, field)
    await page.keyboard.type(text)
  }
  await press(page, 'See what changes')
  await shown(page, 'Who rings, the first 24 hours')
  await sound(page, complaints, 'teams', 'merge-look')
  await press(page, 'Publish')
  await shown(page, 'Published.')
  await shown(page, 'Opens on 1 July 2026 at 08:00')
  await press(page, '/teams/the-south')
  await shown(page, 'Take it back')
  await press(page, 'Take it back')
  await shown(page, 'The change that makes The South is taken back')
  await press(page, 'Publish')
  await shown(page, 'Published.')
  assert.equal(await page.getByText('The South').count(), 0)
})

test('without JavaScript: a team is split, left for later, and gone on with', async (t) => {
  const { page } = await open(t, browser, at('plain-teams', '/teams/portsmouth'), { javaScriptEnabled: false })
  await page.getByRole('link', { name: 'Split', exact: true }).click()
  await page.getByLabel('Name of the new team').fill('Fareham')
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.locator('input[value=fareham]').check()
  await page.getByRole('link', { name: 'Leave it for later' }).click()
  await page.getByRole('link', { name: 'Split a team, not finished' }).click()
  await shown(page, 'What goes to Fareham?')
  await page.locator('input[value=fareham]').check()
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.locator('input[value=r-ben]').check()
  await page.locator('input[value=r-harry]').check()
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('button', { name: 'See what changes' }).click()
  await shown(page, 'Write the day, such as')
  for (const [field, text] of [['on', '1'], ['on-month', '7'], ['on-year', '2026']]) await page.locator(`#${field}`).fill(text)
  await page.getByRole('button', { name: 'See what changes' }).click()
  await shown(page, 'Fareham: Ben Carter and Harry Lloyd.')
  await page.getByRole('button', { name: 'Publish' }).click()
  await shown(page, 'Published.')
})

test('without JavaScript: which team visits, and nothing of a whole postcode is kept', async (t) => {
  const { page } = await open(t, browser, at('plain-teams', '/localities'), { javaScriptEnabled: false })
  await page.getByLabel('Which team visits a place?').fill('PO4 8QX')
  await page.getByRole('button', { name: 'Look it up' }).click()
  await shown(page, 'Write only the first half of the postcode')
  assert.ok(!(await page.content()).includes('8QX') && !page.url().includes('8QX'))
  await page.getByLabel('Which team visits a place?').fill('po4')
  await page.getByRole('button', { name: 'Look it up' }).click()
  await shown(page, 'Portsmouth and South East Hampshire visits PO4')
  assert.ok(!page.url().includes('po4'))
})
