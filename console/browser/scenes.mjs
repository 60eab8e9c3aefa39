// Starts the server of scenes (scenes_test.go) and a browser, for the tests.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { AxeBuilder } from '@axe-core/playwright'
import { chromium } from 'playwright-core'

const folder = join(dirname(fileURLToPath(import.meta.url)), '..')

/** The addresses of every scene, and how to stop serving them. */
export async function serveScenes() {
  const dir = mkdtempSync(join(tmpdir(), 'console-'))
  const binary = process.env.CONSOLE_TEST ?? join(dir, 'console.test') // make builds it once for all files
  if (!process.env.CONSOLE_TEST) execFileSync(process.env.GO ?? 'go', ['test', '-c', '-o', binary, '.'], { cwd: folder, stdio: 'inherit' })
  const server = spawn(binary, [], { cwd: folder, env: { ...process.env, CONSOLE_SCENES: '1' }, stdio: ['pipe', 'pipe', 'inherit'] })
  let said = ''
  const addresses = await new Promise((resolve, reject) => {
    server.on('exit', (code) => reject(new Error(`the server of scenes ended with ${code}`)))
    server.stdout.on('data', (text) => {
      said += text
      if (said.includes('\n')) resolve(JSON.parse(said))
    })
  })
  const stop = () => new Promise((resolve) => {
    server.removeAllListeners('exit')
    server.on('exit', () => {
      rmSync(dir, { recursive: true, force: true })
      resolve()
    })
    server.stdin.end() // it ends with its input
  })
  return { addresses, stop }
}

export const launch = () => chromium.launch({
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
})

export const widths = { desk: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } }

/**
 * Opens a page that must not complain: anything the browser reports, a broken
 * content security policy above all, is in `complaints`.
 */
export async function open(t, browser, address, options = {}) {
  const context = await browser.newContext({ viewport: widths.desk, colorScheme: 'light', reducedMotion: 'reduce', ...options })
  t.after(() => context.close())
  const page = await context.newPage()
  const complaints = []
  page.on('console', (m) => {
    // The design system says at the lowest level that it misses something.
    if (m.type() === 'error' || m.type() === 'warning' || m.text().includes('ElementError')) complaints.push(m.text())
  })
  page.on('pageerror', (e) => complaints.push(e.message))
  page.on('request', (r) => {
    if (!r.url().startsWith(new URL(address).origin)) complaints.push(`asked another host: ${r.url()}`)
  })
  await page.goto(address)
  return { context, page, complaints }
}

/**
 * What axe finds wrong by WCAG 2.2 AA, in short; of these rules alone when some
 * are named.
 */
export async function violations(page, rules) {
  const axe = new AxeBuilder({ page }).setLegacyMode() // our pages have no frames, so none is opened to gather their answers
  const { violations } = await (rules ? axe.withRules(rules) : axe.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])).analyze()
  return violations.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.target} ${n.any[0]?.message ?? ''}`).join(' | ')}`)
}

/** The rules whose answer depends on width and colours; all others on the page alone. */
const looks = ['color-contrast', 'target-size', 'scrollable-region-focusable', 'link-in-text-block']

/**
 * What every page promises: no violation of WCAG 2.2 AA, no sideways scrolling
 * and no complaint, at a desk by day and on a phone in the dark. A picture of
 * each is kept for people to look at.
 */
export async function sound(page, complaints, folder, name, allowed = '422') {
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  await page.setViewportSize(widths.desk)
  assert.deepEqual(await violations(page), [])
  await fits(page, 'desk', folder, name)
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
  await page.setViewportSize(widths.phone)
  assert.deepEqual(await violations(page, looks), [])
  await fits(page, 'phone', folder, name)
  assert.deepEqual(complaints.filter((c) => !c.includes(allowed)), [])
}

async function fits(page, width, to, name) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth)
  assert.ok(wide <= widths[width].width, `the page is ${wide} px wide at ${widths[width].width}, and scrolls sideways`)
  const pictures = join(folder, '..', 'test-artifacts', to)
  mkdirSync(pictures, { recursive: true })
  await page.screenshot({ path: join(pictures, `${name}-${width}.png`), fullPage: true })
}
