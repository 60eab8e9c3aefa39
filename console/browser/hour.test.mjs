// The board during an hour of calls: forty callers ring a real service in a
// telephone network in a box, whose clock moves when it is told to. After each
// minute the board, which nobody touches, must say what the store says.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'

import { launch, open } from './scenes.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

let server, browser, home, dir
before(async () => {
  dir = mkdtempSync(join(tmpdir(), 'hour-'))
  const binary = join(dir, 'crisisline.test')
  execFileSync(process.env.GO ?? 'go', ['test', '-c', '-o', binary, './cmd/crisisline'], { cwd: root, stdio: 'inherit' })
  server = spawn(binary, [], { cwd: root, env: { ...process.env, TEST_AS_HOUR: '1' }, stdio: ['pipe', 'pipe', 'inherit'] })
  home = await new Promise((resolve, reject) => {
    server.on('exit', (code) => reject(new Error(`the hour ended with ${code}`)))
    server.stdout.once('data', (text) => resolve(String(text).trim()))
  })
  server.removeAllListeners('exit')
  browser = await launch()
})
after(async () => {
  await browser?.close()
  if (server && server.exitCode === null) {
    const ended = new Promise((resolve) => server.on('exit', resolve))
    server.stdin.end() // it ends with its input
    await ended
  }
  rmSync(dir, { recursive: true, force: true })
})

const step = async (seconds) => {
  const r = await fetch(`${home}/step?seconds=${seconds}`, { method: 'POST' })
  assert.equal(r.status, 200)
  const truth = await r.json()
  assert.equal(truth.err, undefined)
  return truth
}

// A board hears its server's clock at least every 4 s, and runs on meanwhile.
const clockSlack = 5 // s
const patience = 15_000 // ms a busy machine may take to show a minute

/** What the board says, in the terms of the truth. */
const says = (page) => page.evaluate(() => {
  const number = (label) => {
    for (const item of document.querySelectorAll('#sum .sum__item, #figures .figures__item')) {
      if (item.querySelector('dt').textContent.trim() === label) return Number(item.querySelector('.sum__number, .figures__number').textContent)
    }
  }
  const wait = document.querySelector('#sum .sum__item .clock')?.textContent.split(':').reduce((s, n) => 60 * s + Number(n), 0) ?? 0
  return { waiting: number('Waiting'), talking: number('With someone'), received: number('Received'), answered: number('Answered'), longest: wait }
})

test('an hour of calls, minute by minute', { timeout: 240_000 }, async (t) => {
  const { page, complaints } = await open(t, browser, home)
  await page.locator('#live:not([hidden])').waitFor()
  let busiest = 0, slowest = 0, last
  for (let minute = 0; minute < 60; minute++) {
    last = await step(60)
    const { waiting, talking, received, answered } = last
    const began = performance.now()
    // A frame made half-way through the step may have the same numbers and an
    // older clock, so the board is right only when all of it is.
    let shown, right
    do {
      shown = await says(page)
      // Clocks of the board run between frames, and the hour's does not.
      const near = !waiting || Math.abs(shown.longest - last.longest) <= clockSlack
      right = near && shown.waiting === waiting && shown.talking === talking && shown.received === received && shown.answered === answered
      if (right) break
      await page.waitForTimeout(20)
    } while (performance.now() - began < patience)
    slowest = Math.max(slowest, performance.now() - began)
    assert.ok(right, `at ${last.at} it is ${JSON.stringify({ waiting, talking, received, answered, longest: last.longest })}, and the board says ${JSON.stringify(shown)}`)
    if (talking + waiting > busiest) {
      busiest = talking + waiting
      mkdirSync(join(root, 'test-artifacts', 'board'), { recursive: true })
      await page.screenshot({ path: join(root, 'test-artifacts', 'board', 'busiest-minute.png'), fullPage: true })
    }
  }
  assert.ok(last.received >= 30 && last.answered > 20 && busiest >= 3, `too quiet an hour to prove anything: ${JSON.stringify(last)}, ${busiest} at once`)
  assert.deepEqual(complaints, [])
  t.diagnostic(`${last.received} received, ${last.answered} answered, ${busiest} at once; the board was right within ${Math.round(slowest)} ms of every minute`)
})
