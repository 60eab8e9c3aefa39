// The way in, in a browser: at a provider on another origin, by a code, by
// keyboard, without JavaScript, and out again.
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

const at = (path) => scenes.addresses.closed + path
const pictures = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'test-artifacts', 'sign-in')
// A provider is another host, as it has to be.
const ours = (complaints) => complaints.filter((c) => !c.startsWith('asked another host'))

describe('signing in', { timeout: 120_000 }, () => {
  for (const [width, colorScheme] of [['desk', 'light'], ['phone', 'dark']]) {
    test(`the page, ${width} ${colorScheme}`, async (t) => {
      const { page, complaints } = await open(t, browser, at('/rota'), { viewport: widths[width], colorScheme })
      await page.getByText('Use a one-time code').click()
      assert.deepEqual(await violations(page), [])
      assert.deepEqual(complaints, [])
      mkdirSync(pictures, { recursive: true })
      await page.screenshot({ path: join(pictures, `${width}.png`), fullPage: true })
    })
  }

  for (const javaScriptEnabled of [true, false]) {
    test(`at the provider and out again, ${javaScriptEnabled ? 'by keyboard' : 'without JavaScript'}`, async (t) => {
      const { page, complaints } = await open(t, browser, at('/rota?day=2026-06-21'), { javaScriptEnabled })
      await page.getByRole('button', { name: 'Sign in with your work account' }).focus()
      await page.keyboard.press('Enter')
      await page.waitForURL(at('/rota?day=2026-06-21'))
      assert.match(await page.locator('footer').textContent(), /Signed in as jane\.doe, duty manager/)
      await page.getByRole('button', { name: 'Sign out' }).focus()
      await page.keyboard.press('Enter')
      await page.waitForURL(at('/sign-in?done=out'))
      await page.getByText('You are signed out here.').waitFor()
      await page.goto(at('/rota'))
      assert.equal(new URL(page.url()).pathname, '/sign-in')
      assert.deepEqual(ours(complaints), [])
    })
  }

  test('a wrong code is said in words, and read out', async (t) => {
    const { page } = await open(t, browser, at('/'), {})
    await page.getByText('Use a one-time code').click()
    await page.getByLabel('One-time code').fill('aaaa bbbb cccc dddd')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').waitFor()
    assert.match(await page.title(), /^Error: /)
    assert.deepEqual(await violations(page), [])
  })
})
