// The reports' pages in a browser, as the program writes them: to be read at a
// desk and on a phone, with a keyboard alone, and on paper.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join, normalize } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'

import { launch, open, sound, widths } from '../../console/browser/scenes.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const program = join(root, 'bin', 'crisisline')
const pages = { board: '/board/index.html', public: '/public/index.html', staffing: '/staffing.html' }

let folder, server, browser, origin
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'reports-'))
  const run = (...args) => execFileSync(program, args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, CRISISLINE_SERVICE_DATA_DIR: join(folder, 'data'), CRISISLINE_PRIVACY_KEY: 'test-key'.repeat(6) },
  })
  for (const kind of ['board', 'public']) run('report', kind, '--example', '--month', '2026-10', '--out', join(folder, kind))
  run('plan', 'apply', join(root, 'examples', 'plan.yaml'), '--why', 'to see the page')
  run('report', 'staffing', '--calls', '3500', '--handling', '20m', '--out', join(folder, 'staffing.html'))
  server = createServer((request, response) => {
    const file = join(folder, normalize(new URL(request.url, 'http://here').pathname))
    if (!existsSync(file)) return response.writeHead(request.url === '/favicon.ico' ? 204 : 404).end()
    response.writeHead(200, { 'Content-Type': file.endsWith('.csv') ? 'text/csv' : 'text/html; charset=utf-8' }).end(readFileSync(file))
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${server.address().port}`
  browser = await launch()
})
after(async () => {
  await browser?.close()
  server?.closeAllConnections()
  server?.close()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

describe('every page', { concurrency: 3, timeout: 300_000 }, () => {
  for (const [name, path] of Object.entries(pages)) {
    test(`${name}: no violation, no sideways scrolling, nothing asked elsewhere`, async (t) => {
      const { page, complaints } = await open(t, browser, origin + path)
      assert.equal(await page.locator('h1').count(), 1)
      await sound(page, complaints, 'reports', name)
    })

    test(`${name} on paper`, async (t) => {
      // A4 less its margins, at 96 pixels to the inch.
      const { page, complaints } = await open(t, browser, origin + path, { viewport: { width: 695, height: 1020 } })
      await page.emulateMedia({ media: 'print' })
      const cut = await page.evaluate(() => [...document.querySelectorAll('body *')]
        .filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.hidden'))
        .map((e) => `${e.tagName} ${e.className.baseVal ?? e.className}`))
      assert.deepEqual(cut, [], 'beyond the paper')
      const kept = join(root, 'test-artifacts', 'reports')
      mkdirSync(kept, { recursive: true })
      const pdf = (await page.pdf({ preferCSSPageSize: true, path: join(kept, `${name}.pdf`) })).toString('latin1')
      const sheets = pdf.match(/\/Type\s*\/Page\b/g).length
      assert.ok(sheets >= 1 && sheets <= { board: 6, public: 2, staffing: 1 }[name], `${sheets} sheets`)
      assert.deepEqual(complaints, [])
    })
  }
})

test('on a phone every drawing and table is reached, and moved, by keyboard', async (t) => {
  const { page } = await open(t, browser, origin + pages.board, { viewport: widths.phone })
  const names = await page.locator('[tabindex="0"]').evaluateAll((all) => all.map((e) => e.getAttribute('aria-label')))
  const seen = []
  for (let i = 0; i < 3 * names.length; i++) {
    await page.keyboard.press('Tab')
    seen.push(await page.evaluate(() => document.activeElement.getAttribute('aria-label')))
  }
  assert.deepEqual(seen.filter(Boolean).slice(0, names.length), names)
  const table = page.getByRole('region', { name: 'Reached in 60 seconds, by group' })
  await table.focus()
  await page.keyboard.press('ArrowRight')
  await page.waitForFunction((e) => e.scrollLeft > 0, await table.elementHandle())
})

test('every CSV file is beside its page', async (t) => {
  const { page } = await open(t, browser, origin + pages.board)
  const files = await page.locator('a[href$=".csv"]').evaluateAll((all) => all.map((a) => a.href))
  assert.ok(files.length >= 12, `${files.length} files`)
  for (const file of files) {
    const lines = (await (await fetch(file)).text()).trim().split('\n')
    assert.ok(lines.length > 1, file)
  }
})

test('drawings are read by day and in the dark, and paper is white', async (t) => {
  const { page } = await open(t, browser, origin + pages.board)
  // The words of a drawing stand on the page or on a coloured cell; axe sees neither.
  const faint = () => page.evaluate(() => {
    const part = (v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4
    const light = (css) => {
      const [r, g, b] = css.match(/[\d.]+/g).map(Number)
      return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b)
    }
    const ratio = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05)
    const paper = getComputedStyle(document.body).backgroundColor
    const found = []
    for (const svg of document.querySelectorAll('svg')) {
      for (const word of svg.querySelectorAll('text')) {
        const on = [...word.classList].find((c) => c.startsWith('on-'))
        const under = on ? getComputedStyle(svg.querySelector('.' + on.slice(3))).fill : paper
        const got = ratio(getComputedStyle(word).fill, under)
        if (got < 4.5) found.push(`${svg.getAttribute('aria-label').slice(0, 40)}: "${word.textContent}" ${word.getAttribute('class')} ${got.toFixed(2)}`)
      }
      for (const mark of svg.querySelectorAll('.point, .special, .a, .b, .c, .d, .target, .limit')) {
        const { fill, stroke } = getComputedStyle(mark)
        const got = ratio(fill === 'none' ? stroke : fill, paper)
        if (got < 1.5) found.push(`${mark.getAttribute('class')} ${got.toFixed(2)}`)
      }
    }
    return [...new Set(found)]
  })
  const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  assert.deepEqual(await faint(), [])
  assert.equal(await paper(), 'rgb(255, 255, 255)')
  await page.emulateMedia({ colorScheme: 'dark' })
  assert.equal(await paper(), 'rgb(23, 32, 42)')
  assert.deepEqual(await faint(), [])
  await page.emulateMedia({ colorScheme: 'dark', media: 'print' })
  assert.equal(await paper(), 'rgb(255, 255, 255)')
  assert.deepEqual(await faint(), [], 'printed from the dark')
})
