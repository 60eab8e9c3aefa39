// What each role comes for, by keyboard alone, at a desk and on a phone; and
// what each may not do, which is neither shown nor done.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { launch, open, serveScenes, widths } from './scenes.mjs'

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
const shown = (page, words) => page.getByText(words).first().waitFor({ state: 'visible', timeout: 8000 })

/** Presses Tab until the element with these words has focus, then Enter. */
async function reach(page, role, name) {
  const target = page.getByRole(role, { name }).first()
  await target.waitFor({ state: 'visible', timeout: 8000 })
  for (let i = 0; i < 150; i++) {
    if (await target.evaluate((el) => el === document.activeElement)) return target
    await page.keyboard.press('Tab')
  }
  throw new Error(`the keyboard never reaches ${role} ${name}`)
}
const press = async (page, role, name) => {
  await reach(page, role, name)
  await page.keyboard.press('Enter')
}
/** Chooses in the select or radios that have this label, by keys. */
async function choose(page, label, text) {
  const box = await reach(page, 'combobox', label)
  await box.pressSequentially(text)
}

for (const width of ['desk', 'phone']) {
  describe(`at a ${width}`, { concurrency: 2, timeout: 240_000 }, () => {
    const visit = (t, role, path) => open(t, browser, at(`${role}-${width}`, path), { viewport: widths[width] })

    test('a viewer sees who is on, and is offered nothing to press', async (t) => {
      const { page } = await visit(t, 'viewer', '/')
      await shown(page, 'On shift now')
      for (const name of [/^Ring again/, /^Replace/, /^Sick/, /^Take a shift/, /^Break or away/, /^Hand over/]) {
        assert.equal(await page.getByRole('link', { name }).filter({ visible: true }).count(), 0, `${name} is offered`)
      }
      await page.goto(at(`viewer-${width}`, '/audit'))
      await shown(page, 'You may not do this')
      await page.goto(at(`viewer-${width}`, '/rota'))
      await shown(page, 'Responding')
    })

    test('a responder takes a break in one press, and sees when they are on', async (t) => {
      const { page } = await visit(t, 'responder', '/my')
      await shown(page, 'You are on shift')
      await press(page, 'button', 'A break')
      await page.waitForURL(/\/my\?done=/)
      assert.ok((await (await fetch(at(`responder-${width}`, '/did'))).json()).some((did) => did.startsWith('break r-leo')))
      await shown(page, 'Your shifts')
      assert.equal(await page.getByRole('link', { name: 'Audit' }).count(), 0, 'the audit is offered')
      await page.goto(at(`responder-${width}`, '/rota/change/sick'))
      await shown(page, 'You may not do this')
    })

    test('a shift lead replaces somebody now, and may not draft', async (t) => {
      const { page } = await visit(t, 'shift_lead', '/rota')
      await press(page, 'link', 'Replace now')
      await choose(page, 'Person on shift', 'Leo')
      await press(page, 'button', 'Continue')
      await (await reach(page, 'radio', /Mia Thorne/)).press('Space')
      await press(page, 'button', 'Replace now')
      await shown(page, 'They are replaced from the next ring on')
      await page.goto(at(`shift_lead-${width}`, '/rota/change/sick'))
      await shown(page, 'It takes a duty manager')
    })

    test('a duty manager reports somebody sick: three steps to published', async (t) => {
      const { page } = await visit(t, 'duty_manager', '/rota/change/sick?person=r-leo')
      await shown(page, 'is away from now')
      for (const cover of await page.locator('select').all()) {
        await cover.focus()
        await cover.pressSequentially('Mia')
      }
      await press(page, 'button', 'See what changes')
      await shown(page, 'Who rings')
      await press(page, 'button', 'Publish')
      await shown(page, 'Published.')
    })

    test('an administrator looks at what must be mended, and at who did what', async (t) => {
      const { page } = await visit(t, 'administrator', '/set-up')
      await shown(page, 'Every line was tested just now')
      await page.goto(at(`administrator-${width}`, '/audit'))
      await page.getByRole('heading', { name: 'Audit', level: 1 }).waitFor()
    })
  })
}
